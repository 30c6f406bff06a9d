#include "server/runtime/posix_disk.h"

#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "server/runtime/posix_files.h"

namespace henge::runtime {

namespace {

struct End {
  OpId op;
  ports::DiskSink* sink;
  ports::DiskResult result;
};

// Ends on their way to the loop: shared with the functions posted there, which may outlive the
// disk.
struct Ends {
  std::mutex mutex;
  std::vector<End> waiting;  // under mutex
  bool closed = false;       // under mutex: nobody is told any more
};

void deliver(Ends& ends) {
  std::vector<End> batch;
  {
    const std::lock_guard lock(ends.mutex);
    if (ends.closed) return;
    batch.swap(ends.waiting);
  }
  for (End& end : batch) end.sink->onDisk(end.op, std::move(end.result));
}

}  // namespace

// The thread and the two queues between it and the loop.
class PosixDisk::Worker {
 public:
  Worker(Loop& loop, std::unique_ptr<PosixFiles> files)
      : loop_(loop), files_(std::move(files)), thread_([this] { run(); }) {}

  ~Worker() {
    {
      const std::lock_guard lock(ends_->mutex);
      ends_->closed = true;
    }
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void add(std::vector<Job> jobs) {
    {
      const std::lock_guard lock(mutex_);
      std::move(jobs.begin(), jobs.end(), std::back_inserter(jobs_));
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::vector<End> held;
    while (auto job = next()) {
      held.push_back({job->op, job->sink, job->act(*files_)});
      if (job->endMayWait && held.size() < endsHeldMax && hasNext()) continue;
      post(std::exchange(held, {}));
    }
  }

  std::optional<Job> next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (jobs_.empty()) return std::nullopt;
    std::optional<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

  bool hasNext() {
    const std::lock_guard lock(mutex_);
    return !jobs_.empty();
  }

  void post(std::vector<End> held) {
    bool first = false;
    {
      const std::lock_guard lock(ends_->mutex);
      first = ends_->waiting.empty();
      std::move(held.begin(), held.end(), std::back_inserter(ends_->waiting));
    }
    if (first) loop_.post([ends = ends_] { deliver(*ends); });
  }

  Loop& loop_;
  std::unique_ptr<PosixFiles> files_;
  std::shared_ptr<Ends> ends_ = std::make_shared<Ends>();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;  // under mutex_
  bool closing_ = false;  // under mutex_
  std::thread thread_;    // last: it uses all of the above
};

Result<std::unique_ptr<PosixDisk>> PosixDisk::open(Loop& loop, const std::string& root) {
  auto files = PosixFiles::open(root);
  if (!files) return files.error();
  return std::unique_ptr<PosixDisk>(new PosixDisk(loop, std::move(*files)));
}

PosixDisk::PosixDisk(Loop& loop, std::unique_ptr<PosixFiles> files)
    : loop_(loop), worker_(std::make_unique<Worker>(loop, std::move(files))) {}

PosixDisk::~PosixDisk() = default;

void PosixDisk::create(OpId op, ports::DiskSink& sink, const std::string& path,
                       std::uint64_t bytes) {
  enqueue(op, sink, false, [path, bytes](PosixFiles& files) {
    return ports::DiskResult{files.create(path, bytes), {}, {}, 0};
  });
}

void PosixDisk::write(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
                      Bytes bytes) {
  enqueue(op, sink, true, [path, offset, bytes = std::move(bytes)](PosixFiles& files) {
    return ports::DiskResult{files.write(path, offset, bytes), {}, {}, 0};
  });
}

void PosixDisk::sync(OpId op, ports::DiskSink& sink, const std::string& path) {
  enqueue(op, sink, false, [path](PosixFiles& files) {
    return ports::DiskResult{files.sync(path), {}, {}, 0};
  });
}

void PosixDisk::read(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
                     std::uint64_t length) {
  enqueue(op, sink, false, [path, offset, length](PosixFiles& files) {
    auto bytes = files.read(path, offset, length);
    if (!bytes) return ports::DiskResult{bytes.error(), {}, {}, 0};
    return ports::DiskResult{{}, std::move(*bytes), {}, 0};
  });
}

void PosixDisk::list(OpId op, ports::DiskSink& sink, const std::string& directory) {
  enqueue(op, sink, false, [directory](PosixFiles& files) {
    auto entries = files.list(directory);
    if (!entries) return ports::DiskResult{entries.error(), {}, {}, 0};
    return ports::DiskResult{{}, {}, std::move(*entries), 0};
  });
}

void PosixDisk::space(OpId op, ports::DiskSink& sink) {
  enqueue(op, sink, false, [](PosixFiles& files) {
    auto bytes = files.space();
    if (!bytes) return ports::DiskResult{bytes.error(), {}, {}, 0};
    return ports::DiskResult{{}, {}, {}, *bytes};
  });
}

void PosixDisk::rename(OpId op, ports::DiskSink& sink, const std::string& from,
                       const std::string& to) {
  enqueue(op, sink, false, [from, to](PosixFiles& files) {
    return ports::DiskResult{files.rename(from, to), {}, {}, 0};
  });
}

void PosixDisk::remove(OpId op, ports::DiskSink& sink, const std::string& path) {
  enqueue(op, sink, false, [path](PosixFiles& files) {
    return ports::DiskResult{files.remove(path), {}, {}, 0};
  });
}

void PosixDisk::makeDirectory(OpId op, ports::DiskSink& sink, const std::string& path) {
  enqueue(op, sink, false, [path](PosixFiles& files) {
    return ports::DiskResult{files.makeDirectory(path), {}, {}, 0};
  });
}

void PosixDisk::truncate(OpId op, ports::DiskSink& sink, const std::string& path,
                         std::uint64_t bytes) {
  enqueue(op, sink, false, [path, bytes](PosixFiles& files) {
    return ports::DiskResult{files.truncate(path, bytes), {}, {}, 0};
  });
}

void PosixDisk::replace(OpId op, ports::DiskSink& sink, const std::string& path, Bytes bytes) {
  enqueue(op, sink, false, [path, bytes = std::move(bytes)](PosixFiles& files) {
    return ports::DiskResult{files.replace(path, bytes), {}, {}, 0};
  });
}

void PosixDisk::enqueue(OpId op, ports::DiskSink& sink, bool endMayWait, Act act) {
  if (round_.empty()) loop_.atRoundEnd(*this, 0);
  round_.push_back({op, &sink, std::move(act), endMayWait});
}

void PosixDisk::onTimer(std::uint64_t) { worker_->add(std::exchange(round_, {})); }

}  // namespace henge::runtime
