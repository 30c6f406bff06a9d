#include "tests/kit/fake_files.h"

namespace henge::kit {

namespace {

void goOn(FakeFileSystem& files, DiskLane& lane, ports::Random& chance) {
  while (!lane.empty() && chance.below(3) != 0)
    if (advance(files, lane.front())) lane.pop_front();
}

}  // namespace

void FakeFiles::killed(ports::Random& chance) {
  settle(chance);
  locked_ = false;
}

void FakeFiles::powerCut(ports::Random& chance) {
  settle(chance);
  cut(&chance);
  locked_ = false;
}

void FakeFiles::powerCut() {
  forgetCalls();
  cut(nullptr);
  locked_ = false;
}

void FakeFiles::powerCut(std::span<const Survival> survivals) {
  forgetCalls();
  cut(survivals);
  locked_ = false;
}

void FakeFiles::wipe() {
  forgetCalls();
  clear();
}

void FakeFiles::settle(ports::Random& chance) {
  for (DiskLane& lane : left_) goOn(*this, lane, chance);
  for (DiskLane* lane : lanes_) goOn(*this, *lane, chance);
  forgetCalls();
}

void FakeFiles::forgetCalls() {
  left_.clear();
  for (DiskLane* lane : lanes_) lane->clear();
}

void FakeFiles::join(DiskLane& lane) {
  left_.clear();
  lanes_.push_back(&lane);
}

void FakeFiles::leave(DiskLane& lane) {
  std::erase(lanes_, &lane);
  if (!lane.empty()) left_.push_back(std::move(lane));
}

}  // namespace henge::kit
