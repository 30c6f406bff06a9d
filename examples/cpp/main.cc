// Stores a value, reads it back, and puts a thousand more with many of them under way at once.
#include <atomic>
#include <henge/client.h>
#include <iostream>

int main(int argc, char** argv) {
  std::atomic<int> stored = 0, ended = 0;  // outlive the client, whose thread counts here
  henge::Result<henge::Client> client = henge::Client::open({.nodes = {argv + 1, argv + argc}});
  if (!client.ok()) return std::cerr << client.error().message << "\n", 64;

  const henge::PutResult put = client->put("user:7", "Ada");
  if (!put.ok()) return std::cerr << put.failure->message << "\n", 1;
  const henge::GetResult got = client->get("user:7", {.level = henge::Consistency::quorum});
  std::cout << got.value.value_or("(none)") << "\n";

  for (int i = 0; i < 1000; ++i) {
    const auto begun = client->beginPut("item:" + std::to_string(i), "x", {}, [&](auto result) {
      stored += result.ok() ? 1 : 0;
      ++ended;
      ended.notify_one();
    });
    if (!begun.ok()) return std::cerr << begun.error().message << "\n", 1;
  }
  for (int now = ended; now < 1000; now = ended) ended.wait(now);
  std::cout << stored << " stored\n";
}
