#include "client/screen.h"

#include <algorithm>

#include "core/text_table.h"

namespace henge::client {

void sayError(Screen& screen, std::string_view message) {
  screen.err << "henge: ";
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    screen.err << printable(message.substr(0, end)) << "\n";
    message.remove_prefix(std::min(end + 1, message.size()));
  }
}

}  // namespace henge::client
