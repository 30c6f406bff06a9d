#include "tests/sim/net/stream_table.h"

#include <limits>

namespace henge::sim {

namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::uint32_t StreamTable::open(HostId dialler, HostId acceptor) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(streams_.size()));
    streams_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  Stream& stream = streams_[slot];
  stream.number = ++ever_;
  stream.ends[0].host = dialler;
  stream.ends[1].host = acceptor;
  link({slot, 0});
  link({slot, 1});
  return slot;
}

void StreamTable::close(std::uint32_t slot) {
  unlink({slot, 0});
  unlink({slot, 1});
  Stream& stream = streams_[slot];
  stream.number = 0;
  ++stream.generation;
  stream.ends = {};
  stream.pipes = {};
  free_.push_back(slot);
}

std::vector<EndRef> StreamTable::endsOf(HostId host) const {
  std::vector<EndRef> ends;
  if (host.value >= first_.size()) return ends;
  for (std::uint32_t index = first_[host.value]; index != nowhere;) {
    ends.push_back({index / 2, index % 2});
    index = streams_[index / 2].ends[index % 2].next;
  }
  return ends;
}

std::vector<EndRef> StreamTable::endsOf(HostId host, HostId peer) const {
  std::vector<EndRef> ends = endsOf(host);
  std::erase_if(ends,
                [&](EndRef ref) { return streams_[ref.slot].ends[ref.other().side].host != peer; });
  return ends;
}

void StreamTable::link(EndRef ref) {
  const std::uint32_t index = 2 * ref.slot + ref.side;
  End& end = endAt(index);
  if (end.host.value >= first_.size()) first_.resize(end.host.value + 1, nowhere);
  std::uint32_t& first = first_[end.host.value];
  end.previous = nowhere;
  end.next = first;
  if (first != nowhere) endAt(first).previous = index;
  first = index;
}

void StreamTable::unlink(EndRef ref) {
  const End& end = endAt(2 * ref.slot + ref.side);
  (end.previous == nowhere ? first_[end.host.value] : endAt(end.previous).next) = end.next;
  if (end.next != nowhere) endAt(end.next).previous = end.previous;
}

}  // namespace henge::sim
