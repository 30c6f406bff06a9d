// Does what the lines of a story say, and says what came of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/scenario/stage.h"
#include "tests/sim/scenario/words.h"

namespace henge::sim {

// README.md lists the commands. Thread: the one there is.
class Teller {
 public:
  using Lines = std::vector<std::string>;

  // What one line prints; a line that means nothing prints why.
  Lines tell(const std::string& line);

 private:
  using Telling = void (Teller::*)(Words&);
  struct Command {
    const char* words;
    Telling telling;
  };
  static const std::vector<Command>& commands();

  void cluster(Words& words);
  // processes
  void start(Words& words);
  void kill(Words& words);
  void powerCut(Words& words);
  void stop(Words& words);
  void pause(Words& words);
  void goOn(Words& words);
  // requests
  void put(Words& words);
  void remove(Words& words);
  void get(Words& words);
  void begin(Words& words);
  void await(Words& words);
  void fill(Words& words);
  // the net
  void cut(Words& words);
  void isolate(Words& words);
  void heal(Words& words);
  void reset(Words& words);
  void halfOpen(Words& words);
  // disks and clocks
  void wipe(Words& words);
  void backup(Words& words);
  void restore(Words& words);
  void disk(Words& words);
  void damage(Words& words);
  void store(Words& words);
  void clock(Words& words);
  void settings(Words& words);
  void run(Words& words);
  // what is seen
  void accept(Words& words);
  void show(Words& words);
  void showNode(std::uint32_t node);
  void events(Words& words);
  void quiet(Words& words);
  void status(Words& words);
  void order(Words& words);

  std::uint32_t node(Words& words);
  std::uint32_t nodeOf(const std::string& word, Words& words);
  std::vector<std::uint32_t> nodes(Words& words);     // the rest of the line; "all", or none: all
  Machine& atRest(Words& words);                      // a machine without a process
  static void set(Settings& settings, Words& words);  // the rest of the line
  Ask asked(Ask::Verb verb, Words& words);
  void ask(Ask::Verb verb, Words& words);
  void useKey(const Bytes& key);
  void say(const std::string& line) { said_.push_back(line); }

  std::unique_ptr<Stage> stage_;
  MonoTime began_;
  std::vector<Bytes> keys_;         // of the story, in the order they came up
  std::vector<const Call*> begun_;  // and not yet awaited
  Lines said_;
};

}  // namespace henge::sim
