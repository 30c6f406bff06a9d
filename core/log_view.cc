#include "core/log_view.h"

#include "core/key_text.h"

namespace henge {

bool KeyBounds::hold(BytesView key) const {
  const BytesView cut = key.substr(0, cutAt);
  return least <= cut && cut <= greatest;
}

std::string keysText(const std::optional<KeyBounds>& keys) {
  if (!keys) return "any key of this node";
  const bool cut = keys->greatest.size() >= KeyBounds::cutAt;
  return "keys " + toKeyText(keys->least) + " to " + toKeyText(keys->greatest) + (cut ? "…" : "");
}

std::string toString(const LogDamage& damage) {
  std::string lost;
  if (damage.recordsMax)
    lost = "up to " + std::to_string(*damage.recordsMax) +
           (*damage.recordsMax == 1 ? " record, " : " records, ");
  return damage.file + " is damaged at " + std::to_string(damage.offset) + ": " + damage.reason +
         "; may be lost: " + lost + keysText(damage.keys);
}

std::string_view nameOf(LogSegment::State state) {
  switch (state) {
    case LogSegment::State::closed:
      return "closed";
    case LogSegment::State::active:
      return "active";
    case LogSegment::State::ready:
      return "ready";
  }
  return "closed";
}

}  // namespace henge
