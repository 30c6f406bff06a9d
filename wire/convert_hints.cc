#include "wire/convert_hints.h"

#include "wire/convert_types.h"

namespace henge::wire {

namespace {

thrift::HintTarget targetOf(const HintTargetView& view) {
  thrift::HintTarget out;
  out.__set_node(toThrift(view.target));
  out.__set_count(toSigned(view.count));
  out.__set_bytes(toSigned(view.bytes));
  if (view.oldest.micros != 0) out.__set_oldest(view.oldest.micros);
  out.__set_state(view.state);
  if (!view.reason.empty()) out.__set_reason(view.reason);
  out.__set_window(toSigned(view.window));
  out.__set_kept(toSigned(view.kept));
  out.__set_delivered(toSigned(view.delivered));
  out.__set_cancelled(toSigned(view.cancelled));
  out.__set_expired(toSigned(view.expired));
  out.__set_refused(toSigned(view.refused));
  out.__set_dropped(toSigned(view.dropped));
  out.__set_rangesToRepair(toSigned(view.rangesToRepair));
  return out;
}

HintTargetView targetOf(const thrift::HintTarget& in) {
  HintTargetView out;
  out.target = toNode(in.node);
  out.count = toUnsigned(in.count);
  out.bytes = toUnsigned(in.bytes);
  out.oldest = {in.oldest};
  out.state = in.state;
  out.reason = in.reason;
  out.window = toUnsigned(in.window);
  out.kept = toUnsigned(in.kept);
  out.delivered = toUnsigned(in.delivered);
  out.cancelled = toUnsigned(in.cancelled);
  out.expired = toUnsigned(in.expired);
  out.refused = toUnsigned(in.refused);
  out.dropped = toUnsigned(in.dropped);
  out.rangesToRepair = toUnsigned(in.rangesToRepair);
  return out;
}

}  // namespace

thrift::HintsAnswer toThrift(const HintsView& view) {
  thrift::HintsAnswer out;
  out.__set_node(toThrift(view.node));
  out.__set_bytesMax(toSigned(view.limits.bytesMax));
  out.__set_bytesAllMax(toSigned(view.limits.bytesAllMax));
  out.__set_ageMaxMs(view.limits.ageMax.micros / 1000);
  out.__isset.targets = true;
  for (const HintTargetView& target : view.targets) out.targets.push_back(targetOf(target));
  out.__isset.marks = true;
  for (const RepairMark& mark : view.marks) {
    thrift::RepairMark& one = out.marks.emplace_back();
    one.__set_node(toThrift(mark.target));
    one.__set_firstPosition(mark.first);
    one.__set_endPosition(mark.end);
    one.__set_since(mark.since.micros);
  }
  out.__set_markCount(toSigned(view.markCount));
  if (!view.notCounted.empty()) out.__set_notCounted(view.notCounted);
  return out;
}

HintsView toCore(const thrift::HintsAnswer& answer) {
  HintsView out;
  out.node = toNode(answer.node);
  out.limits.bytesMax = toUnsigned(answer.bytesMax);
  out.limits.bytesAllMax = toUnsigned(answer.bytesAllMax);
  out.limits.ageMax = Duration{answer.ageMaxMs} * 1000;
  for (const thrift::HintTarget& target : answer.targets) out.targets.push_back(targetOf(target));
  for (const thrift::RepairMark& mark : answer.marks)
    out.marks.push_back(
        {toNode(mark.node), mark.firstPosition, mark.endPosition, {mark.since}, true});
  out.markCount = toUnsigned(answer.markCount);
  out.notCounted = answer.notCounted;
  return out;
}

thrift::SyncHintsAnswer toThrift(const HintSync& sync, NodeId node) {
  thrift::SyncHintsAnswer out;
  out.__set_asked(toSigned(sync.asked));
  out.__set_delivered(toSigned(sync.delivered));
  out.__set_lost(toSigned(sync.lost));
  out.__set_left(toSigned(sync.left));
  out.__set_node(toThrift(node));
  return out;
}

HintSync toCore(const thrift::SyncHintsAnswer& answer) {
  return {toUnsigned(answer.asked), toUnsigned(answer.delivered), toUnsigned(answer.lost),
          toUnsigned(answer.left)};
}

}  // namespace henge::wire
