// Named points in the code that the simulator reaches into; compiled in everywhere, off everywhere
// else. (FoundationDB's BUGGIFY and TEST macros, SIGMOD 2021, section 4.)
#pragma once

#include <string_view>

namespace henge {

class Rehearsal {
 public:
  // Whether the rare way is taken at this site, this time.
  virtual bool takes(std::string_view site) = 0;
  // A rare place was reached.
  virtual void reached(std::string_view site) = 0;

 protected:
  ~Rehearsal() = default;
};

// Set by the simulator, which has one thread, before anything else runs; nullptr in production, for
// ever. That is why it needs no lock.
inline Rehearsal* rehearsal = nullptr;

// A legal but rare choice: `if (maybe("committer: lone batch"))`. False in production.
inline bool maybe(std::string_view site) { return rehearsal != nullptr && rehearsal->takes(site); }

// "The simulator should have come by here sometimes": docs/testing.md lists the sites.
inline void probe(std::string_view site) {
  if (rehearsal != nullptr) rehearsal->reached(site);
}

}  // namespace henge
