// Answers of nodes, and the want of any, as the caller is told of them. Pure.
#pragma once

#include <optional>
#include <string>

#include "client/library/attempts.h"
#include "client/library/client.h"
#include "client/library/retry_policy.h"
#include "core/request.h"

namespace henge::library {

PutResult resultOf(PutAnswer answer);  // precondition: no error in it
GetResult resultOf(GetAnswer answer);  // the same

// What an attempt that got this answer has come to.
AttemptEnd endOf(RequestErrorKind kind);

// Why a request failed: what the last node said, and what all attempts came to. A write that an
// earlier attempt may have done says so.
Failure failureOf(const RequestError& error, const Attempts& attempts, bool isWrite);

// No more attempts may be made, or the deadline has passed, and no node has said why.
Failure silenceOf(const Attempts& attempts, const std::vector<Tried>& whyDown, bool isWrite);

// surelyNotApplied or unknown, as the attempts are.
Outcome outcomeOf(const Attempts& attempts);

}  // namespace henge::library
