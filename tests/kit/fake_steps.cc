#include "tests/kit/fake_steps.h"

#include <array>
#include <span>

namespace henge::kit {

namespace {

enum class Step {
  openNew,
  openFresh,
  allocate,
  zero,
  write,
  resize,
  syncFile,
  rename,
  unlink,
  makeLevel,
  syncLevel,
  syncAbove,   // the directory that holds `path`
  syncAboveTo  // and that which holds `to`
};

std::span<const Step> stepsOf(DiskCall call) {
  static constexpr Step create[] = {Step::openNew, Step::allocate, Step::zero, Step::syncFile,
                                    Step::syncAbove};
  static constexpr Step replace[] = {Step::openFresh, Step::write, Step::syncFile, Step::rename,
                                     Step::syncAboveTo};
  static constexpr Step rename[] = {Step::rename, Step::syncAboveTo, Step::syncAbove};
  static constexpr Step remove[] = {Step::unlink, Step::syncAbove};
  static constexpr Step truncate[] = {Step::resize, Step::syncFile};
  static constexpr Step makeDirectory[] = {Step::makeLevel, Step::syncLevel};
  static constexpr Step write[] = {Step::write};
  static constexpr Step sync[] = {Step::syncFile};
  static constexpr std::span<const Step> none;
  static constexpr std::array<std::span<const Step>, diskCallCount> all = {
      create, write, sync, none, none, rename, remove, makeDirectory, truncate, replace, none};
  return all[indexOf(call)];
}

// Directories above come first: each level is made, and its name synced, before the next.
std::string levelOf(const DiskOp& op) {
  return op.path.substr(0, op.path.find('/', op.number == 0 ? 0 : op.number + 1));
}

Status syncDirectory(FakeFileSystem& files, const std::string& directory) {
  files.syncDirectory(directory);
  return {};
}

ports::DiskResult failed(Error error) {
  ports::DiskResult result;
  result.status = std::move(error);
  return result;
}

Status performOnNames(FakeFileSystem& files, DiskOp& op, Step step) {
  switch (step) {
    case Step::rename:
      return files.rename(op.path, op.to);
    case Step::unlink:
      return files.unlink(op.path);
    case Step::makeLevel:
      return files.makeDirectory(levelOf(op));
    case Step::syncLevel: {
      const std::string level = levelOf(op);
      files.syncDirectory(directoryOf(level));
      op.number = level.size();
      if (level != op.path) op.step = 0;
      return {};
    }
    case Step::syncAboveTo:
      return syncDirectory(files, directoryOf(op.to));
    default:
      return syncDirectory(files, directoryOf(op.path));
  }
}

Status perform(FakeFileSystem& files, DiskOp& op, Step step) {
  switch (step) {
    case Step::openNew:
      return files.open(op.path, FakeFileSystem::OpenAs::exclusive);
    case Step::openFresh:
      return files.open(op.path, FakeFileSystem::OpenAs::fresh);
    case Step::allocate:
      return files.allocate(op.path, op.number);
    case Step::zero:
      return files.writeZeroes(op.path, op.number);
    case Step::write:
      return files.write(op.path, op.number, std::move(op.bytes));
    case Step::resize:
      return files.truncate(op.path, op.number);
    case Step::syncFile:
      return files.sync(op.path);
    default:
      return performOnNames(files, op, step);
  }
}

// What is left of a new file is removed.
ports::DiskResult giveUp(FakeFileSystem& files, const DiskOp& op, std::size_t stepsDone,
                         Error error) {
  const bool made = op.call == DiskCall::create || op.call == DiskCall::replace;
  if (made && stepsDone > 0 && files.peek(op.path) != nullptr) (void)files.unlink(op.path);
  return failed(std::move(error));
}

ports::DiskResult fail(FakeFileSystem& files, DiskOp& op) {
  Error error = op.fault->error;
  if (op.call == DiskCall::write) {
    op.bytes.resize(op.bytes.size() / 2);
    if (Status half = files.write(op.path, op.number, std::move(op.bytes)); !half)
      return failed(half.error());
  }
  if (op.call == DiskCall::sync || (op.call == DiskCall::truncate && op.step > 0))
    files.failSync(op.path);
  return giveUp(files, op, op.step, std::move(error));
}

std::optional<ports::DiskResult> answer(const FakeFileSystem& files, const DiskOp& op) {
  ports::DiskResult result;
  if (op.call == DiskCall::read) {
    auto bytes = files.read(op.path, op.number, op.length);
    if (!bytes) return failed(bytes.error());
    result.bytes = *std::move(bytes);
  } else if (op.call == DiskCall::space) {
    result.freeBytes = files.spaceLeft();
  } else {
    auto entries = files.list(op.path);
    if (!entries) return failed(entries.error());
    result.entries = *std::move(entries);
  }
  return result;
}

}  // namespace

std::optional<ports::DiskResult> advance(FakeFileSystem& files, DiskOp& op) {
  const bool asks =
      op.call == DiskCall::read || op.call == DiskCall::list || op.call == DiskCall::space;
  if (op.fault && (asks || op.step >= op.fault->steps)) return fail(files, op);
  if (asks) return answer(files, op);
  const auto steps = stepsOf(op.call);
  const std::size_t done = op.step++;
  if (Status status = perform(files, op, steps[done]); !status)
    return giveUp(files, op, done, status.error());
  if (op.step < steps.size()) return std::nullopt;
  if (op.fault) return failed(op.fault->error);
  return ports::DiskResult{};
}

ports::DiskResult finish(FakeFileSystem& files, DiskOp& op) {
  for (;;)
    if (auto result = advance(files, op)) return *std::move(result);
}

}  // namespace henge::kit
