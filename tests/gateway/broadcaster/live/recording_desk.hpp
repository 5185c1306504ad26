#pragma once

#include "gateway/broadcaster/live/source_conversation.hpp"

#include <optional>
#include <string>

namespace alluvium::test {

/// Writes down what a conversation tells it: `<type, name>` for a source, its sound, `[title by
/// creator]`, and `</>` for its end.
class RecordingDesk final : public broadcaster::SourceDesk {
 public:
  std::optional<Refusal> refusal_of(const broadcaster::SourceInfo&) override { return refusal; }
  void on_source(const broadcaster::SourceInfo& info) override {
    log += "<" + info.type + ", " + info.name + ">";
  }
  bool on_sound(ByteView bytes) override {
    log += as_text(bytes);
    return is_of_use;
  }
  void on_source_end() override { log += "</>"; }
  bool on_title(const broadcaster::Title& title) override {
    if (has_source) log += "[" + title.title + " by " + title.creator + "]";
    return has_source;
  }

  std::optional<Refusal> refusal;
  bool has_source = true;
  bool is_of_use = true;
  std::string log;
};

}  // namespace alluvium::test
