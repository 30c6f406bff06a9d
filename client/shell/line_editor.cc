#include "client/shell/line_editor.h"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <cwchar>
#include <histedit.h>
#include <langinfo.h>
#include <poll.h>
#include <unistd.h>

#include "core/text_table.h"

namespace henge::client {

namespace {

constexpr int screenColumns = 80;

// Characters are UTF-8 whatever the environment says of them: keys and values are.
void useUtf8() {
  const bool isSet = std::setlocale(LC_CTYPE, "") != nullptr;
  if (isSet && std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0) return;
  (void)std::setlocale(LC_CTYPE, "C.UTF-8");
}

void onChange(int) {}  // only ends the waiting for a key

void noticeChanges() {
  struct sigaction action = {};
  action.sa_handler = onChange;
  (void)::sigemptyset(&action.sa_mask);
  (void)::sigaction(SIGCONT, &action, nullptr);
  (void)::sigaction(SIGWINCH, &action, nullptr);
}

std::string inColumns(const std::vector<std::string>& words) {
  int widest = 0;
  for (const std::string& word : words) widest = std::max(widest, displayWidth(printable(word)));
  const int perLine = std::max(1, screenColumns / (widest + 2));
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = printable(words[i]);
    const bool endsLine = (i + 1) % static_cast<std::size_t>(perLine) == 0 || i + 1 == words.size();
    text += word + (endsLine ? "\n"
                             : std::string(
                                   static_cast<std::size_t>(widest + 2 - displayWidth(word)), ' '));
  }
  return text;
}

}  // namespace

struct LineEditor::Impl {
  Impl(Interrupt& interruptOf, const std::string& historyPath, Completer completerOf,
       std::ostream& errOf)
      : interrupt(interruptOf),
        completer(std::move(completerOf)),
        err(errOf),
        file(historyPath),
        keepsHistory(!historyPath.empty()) {}

  static Impl& of(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Impl*>(self);
  }

  // libedit's callbacks.
  static char* promptOf(EditLine* edit) { return of(edit).prompt.data(); }
  static int readKey(EditLine* edit, wchar_t* key) { return of(edit).read(*key); }
  static unsigned char onTab(EditLine* edit, int) { return of(edit).tab(); }

  void begin();
  void bind(const char* keys, const char* what) { el_set(edit, EL_BIND, keys, what, nullptr); }
  void loadHistory();
  void keep(const std::string& line);
  int read(wchar_t& key);
  unsigned char tab();
  void sayOnce(const std::string& trouble);

  Interrupt& interrupt;
  Completer completer;
  std::ostream& err;
  HistoryFile file;
  bool keepsHistory;
  EditLine* edit = nullptr;
  History* history = nullptr;
  std::string prompt;
  std::string last;
};

void LineEditor::Impl::begin() {
  useUtf8();
  noticeChanges();
  edit = el_init("henge", stdin, stdout, stderr);
  el_set(edit, EL_CLIENTDATA, this);
  el_set(edit, EL_PROMPT, &promptOf);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 0);  // signals are ours
  el_set(edit, EL_GETCFN, &readKey);
  el_set(edit, EL_ADDFN, "henge-complete", "complete the word", &onTab);
  bind("^I", "henge-complete");
  bind("^R", "em-inc-search-prev");
  bind("\\e[3~", "ed-delete-next-char");
  bind("\\e[H", "ed-move-to-beg");
  bind("\\e[F", "ed-move-to-end");
  bind("\\e[1;5C", "em-next-word");
  bind("\\e[1;5D", "ed-prev-word");
  history = history_init();
  HistEvent event;
  ::history(history, &event, H_SETSIZE, static_cast<int>(HistoryFile::linesMax));
  el_set(edit, EL_HIST, &::history, history);
  if (keepsHistory) loadHistory();
}

void LineEditor::Impl::sayOnce(const std::string& trouble) {
  keepsHistory = false;
  err << "henge: " << printable(trouble) << "; this session keeps none\n" << std::flush;
}

void LineEditor::Impl::loadHistory() {
  Result<std::vector<std::string>> lines = file.load();
  if (!lines) return sayOnce(lines.error().message);
  HistEvent event;
  for (const std::string& line : *lines) ::history(history, &event, H_ENTER, line.c_str());
  if (!lines->empty()) last = lines->back();
}

void LineEditor::Impl::keep(const std::string& line) {
  if (!isWorthKeeping(line, last)) return;
  last = line;
  HistEvent event;
  ::history(history, &event, H_ENTER, line.c_str());
  if (!keepsHistory) return;
  Status kept = file.append(line);
  if (!kept.ok()) sayOnce(kept.error().message);
}

// One character; 0: the terminal is gone, -1: Ctrl-C.
int LineEditor::Impl::read(wchar_t& key) {
  std::mbstate_t state{};
  while (true) {
    pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {interrupt.descriptor(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) {  // in the foreground again, or another size
      el_resize(edit);
      el_set(edit, EL_PREP_TERM, 1);
      std::fputs("\r", stdout);  // the prompt and the line are written anew from the cursor on
      std::fflush(stdout);
      el_set(edit, EL_REFRESH);
      continue;
    }
    if (waiting[1].revents != 0) return -1;
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    const std::size_t used = std::mbrtowc(&key, &byte, 1, &state);
    if (used == 0 || used == 1) return 1;
    if (used == static_cast<std::size_t>(-1)) state = {};  // no UTF-8: as if not typed
  }
}

unsigned char LineEditor::Impl::tab() {
  const LineInfo* line = el_line(edit);
  const Completion found =
      completer({line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)});
  if (!found.insert.empty()) {
    el_insertstr(edit, found.insert.c_str());
    return CC_REFRESH;
  }
  const std::string shown = !found.offered.empty() ? inColumns(found.offered)
                            : found.usage.empty()  ? ""
                                                   : found.usage + "\n";
  if (shown.empty()) return CC_REFRESH_BEEP;
  std::fputs(("\n" + shown).c_str(), stdout);
  std::fflush(stdout);
  return CC_REDISPLAY;
}

LineEditor::LineEditor(Interrupt& interrupt, const std::string& historyPath, Completer completer,
                       std::ostream& err)
    : impl_(std::make_unique<Impl>(interrupt, historyPath, std::move(completer), err)) {
  impl_->begin();
}

LineEditor::~LineEditor() {
  el_end(impl_->edit);
  history_end(impl_->history);
}

LineRead LineEditor::next(const std::string& prompt) {
  impl_->prompt = prompt;
  impl_->interrupt.clear();
  el_set(impl_->edit, EL_PREP_TERM, 1);  // before the prompt, else what is typed then shows twice
  int length = 0;
  const char* text = el_gets(impl_->edit, &length);
  if (impl_->interrupt.isRaised()) {
    std::fputs("^C\n", stdout);
    std::fflush(stdout);
    el_reset(impl_->edit);
    return {LineRead::Kind::interrupted, ""};
  }
  if (text == nullptr || length <= 0) {
    std::fputs("\n", stdout);
    std::fflush(stdout);
    return {LineRead::Kind::end, ""};
  }
  std::string line(text, static_cast<std::size_t>(length));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  impl_->keep(line);
  return {LineRead::Kind::line, std::move(line)};
}

}  // namespace henge::client
