#include "core/hint.h"

namespace henge {

std::string_view nameOf(HintEnd end) {
  switch (end) {
    case HintEnd::delivered:
      return "delivered";
    case HintEnd::cancelled:
      return "cancelled";
    case HintEnd::expired:
      return "expired";
    case HintEnd::refused:
      return "refused";
  }
  return "?";
}

}  // namespace henge
