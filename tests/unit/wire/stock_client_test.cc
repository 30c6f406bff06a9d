// Thrift's own generated clients over its own transports, as any user would write them.
#include <gtest/gtest.h>
#include <map>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>
#include <thrift_gen/Admin.h>
#include <thrift_gen/Store.h>

#include "tests/unit/wire/listening.h"
#include "wire/encoding.h"

namespace henge::wire {
namespace {

using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::protocol::TCompactProtocol;
using apache::thrift::protocol::TProtocol;
using apache::thrift::transport::TBufferedTransport;
using apache::thrift::transport::TFramedTransport;
using apache::thrift::transport::TSocket;
using apache::thrift::transport::TTransport;

struct How {
  Encoding encoding;
  bool isFramed;
};

class StockClient : public testing::TestWithParam<How> {
 protected:
  StockClient() {
    node_.clients.answersAtOnce = true;
    node_.clients.slowKey = "slow";
    node_.clients.lastKey = "last";
    for (const auto& [key, kind] : failures_) {
      node_.clients.failures[key].kind = kind;
      node_.clients.failures[key].message = "as it is with " + key;
    }
    node_.admin.ringView.cluster = clusterOf({9100, 9101, 9102});
    node_.admin.nodeStatus.state = "serving";
    thread_ = std::make_unique<LoopThread>(node_.loop);
    const auto socket = std::make_shared<TSocket>("127.0.0.1", node_.listener.port());
    socket->setRecvTimeout(20'000);
    if (GetParam().isFramed) {
      transport_ = std::make_shared<TFramedTransport>(socket);
    } else {
      transport_ = std::make_shared<TBufferedTransport>(socket);
    }
    if (GetParam().encoding == Encoding::binary) {
      protocol_ = std::make_shared<TBinaryProtocol>(transport_);
    } else {
      protocol_ = std::make_shared<TCompactProtocol>(transport_);
    }
    transport_->open();
  }

  thrift::PutRequest putOf(const Bytes& key, const Bytes& value) {
    thrift::PutRequest request;
    request.__set_key(key);
    request.__set_value(value);
    return request;
  }

  // What put and get of a key are told.
  template <typename Exception>
  void expectThrown(const Bytes& key) {
    thrift::StoreClient client(protocol_);
    thrift::PutAnswer put;
    thrift::GetAnswer got;
    thrift::GetRequest request;
    request.__set_key(key);
    try {
      client.put(put, putOf(key, "v"));
      ADD_FAILURE() << key << " was put";
    } catch (const Exception& exception) {
      EXPECT_EQ(exception.message, "as it is with " + key);
    }
    EXPECT_THROW(client.get(got, request), Exception);
  }

  const std::map<Bytes, RequestErrorKind> failures_{{"unavailable", RequestErrorKind::unavailable},
                                                    {"timeout", RequestErrorKind::timeout},
                                                    {"overloaded", RequestErrorKind::overloaded},
                                                    {"invalid", RequestErrorKind::invalidRequest},
                                                    {"rebuilding", RequestErrorKind::rebuilding}};
  Listening node_;
  std::unique_ptr<LoopThread> thread_;
  std::shared_ptr<TTransport> transport_;
  std::shared_ptr<TProtocol> protocol_;
};

TEST_P(StockClient, putsGetsAndRemoves) {
  thrift::StoreClient client(protocol_);
  for (int i = 0; i < 100; ++i) {
    const Bytes key = "key" + std::to_string(i);
    const Bytes value = Bytes("\0\xff", 2) + std::to_string(i);
    thrift::PutAnswer put;
    client.put(put, putOf(key, value));
    EXPECT_EQ(put.outcome, thrift::Outcome::APPLIED);
    thrift::GetRequest request;
    request.__set_key(key);
    thrift::GetAnswer got;
    client.get(got, request);
    EXPECT_TRUE(got.found);
    EXPECT_EQ(got.value, value);
  }
  thrift::RemoveRequest remove;
  remove.__set_key("key1");
  thrift::PutAnswer removed;
  client.remove(removed, remove);
  EXPECT_EQ(removed.outcome, thrift::Outcome::APPLIED);
}

TEST_P(StockClient, movesLargeValues) {
  thrift::StoreClient client(protocol_);
  const Bytes value(5 << 20, 'v');
  thrift::PutAnswer put;
  client.put(put, putOf("k", value));
  thrift::GetRequest request;
  request.__set_key("k");
  thrift::GetAnswer got;
  client.get(got, request);
  EXPECT_EQ(got.value, value);
}

TEST_P(StockClient, catchesTypedExceptions) {
  thrift::StoreClient client(protocol_);
  thrift::PutAnswer put;
  try {
    client.put(put, putOf("", "v"));
    FAIL() << "an empty key was taken";
  } catch (const thrift::InvalidRequest& invalid) {
    EXPECT_EQ(invalid.field, "key");
    EXPECT_GT(invalid.limit, 0);
  }
  client.put(put, putOf("k", "v"));  // the connection goes on
  EXPECT_EQ(put.outcome, thrift::Outcome::APPLIED);
}

TEST_P(StockClient, catchesEachOfThem) {
  expectThrown<thrift::Unavailable>("unavailable");
  expectThrown<thrift::Timeout>("timeout");
  expectThrown<thrift::Overloaded>("overloaded");
  expectThrown<thrift::InvalidRequest>("invalid");
  expectThrown<thrift::Rebuilding>("rebuilding");
}

TEST_P(StockClient, asksTheAdminServiceOnTheSamePort) {
  thrift::AdminClient client(protocol_);
  thrift::RingAnswer ring;
  client.ring(ring, thrift::RingRequest());
  EXPECT_EQ(ring.name, "test");
  thrift::StatusAnswer status;
  client.status(status, thrift::StatusRequest());
  EXPECT_EQ(status.state, "serving");
  thrift::DumpAnswer dump;
  client.dump(dump, thrift::DumpRequest());
  EXPECT_FALSE(dump.more);
}

TEST_P(StockClient, sendsManyRequestsBeforeItReadsAnAnswer) {
  thrift::StoreClient client(protocol_);
  constexpr int requests = 200;
  for (int i = 0; i < requests; ++i) client.send_put(putOf("k" + std::to_string(i), "v"));
  for (int i = 0; i < requests; ++i) {
    thrift::PutAnswer put;
    client.recv_put(put);
    EXPECT_EQ(put.outcome, thrift::Outcome::APPLIED);
  }
}

// The first get has no answer before the last one has: none is given another one's.
TEST_P(StockClient, getsItsOwnAnswersThoughTheFirstIsSlow) {
  thrift::StoreClient client(protocol_);
  std::vector<Bytes> keys{"slow"};
  while (keys.size() < 50) keys.push_back("key" + std::to_string(keys.size()));
  keys.emplace_back("last");
  thrift::PutAnswer put;
  for (const Bytes& key : keys) client.put(put, putOf(key, "of " + key));
  for (const Bytes& key : keys) {
    thrift::GetRequest request;
    request.__set_key(key);
    client.send_get(request);
  }
  for (const Bytes& key : keys) {
    thrift::GetAnswer got;
    client.recv_get(got);
    EXPECT_EQ(got.value, "of " + key);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, StockClient,
                         testing::Values(How{Encoding::binary, true}, How{Encoding::compact, true},
                                         How{Encoding::binary, false},
                                         How{Encoding::compact, false}),
                         [](const testing::TestParamInfo<How>& how) {
                           const bool isBinary = how.param.encoding == Encoding::binary;
                           return std::string(isBinary ? "binary" : "compact") +
                                  (how.param.isFramed ? "Framed" : "Buffered");
                         });

}  // namespace
}  // namespace henge::wire
