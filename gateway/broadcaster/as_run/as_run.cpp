#include "gateway/broadcaster/as_run/as_run.hpp"

#include "core/playlist/schedule.hpp"
#include "core/time/w3cdtf.hpp"

#include <algorithm>

namespace alluvium::broadcaster {

namespace {

constexpr std::string_view head =
    "start,start_local,end,seconds,kind,title,creator,url,identifier\r\n";

std::string seconds_text(std::chrono::milliseconds duration) {
  const auto tenths = std::chrono::round<std::chrono::duration<long long, std::deci>>(duration);
  return std::to_string(tenths.count() / 10) + "." + std::to_string(tenths.count() % 10);
}

std::string line_of(const playlist::Slot& slot, WallTime end, const playlist::Item& item,
                    const Zone& zone) {
  std::string line = format_w3cdtf(slot.heard_from()) + "," + zone.text(slot.heard_from()) + "," +
                     format_w3cdtf(end) + "," + seconds_text(end - slot.heard_from()) + "," +
                     (slot.is_filler ? "filler" : "programme");
  for (const std::string& field :
       {item.title, item.creator, item.url.text(), item.root ? item.root->urn() : std::string()}) {
    line += "," + csv_field(field);
  }
  return line + "\r\n";
}

}  // namespace

std::string csv_field(std::string text) {
  constexpr std::string_view starts_formula = "=+-@\t";
  if (!text.empty() && starts_formula.find(text[0]) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string as_run_csv(const playlist::Playlist& playlist, WallTime from, WallTime to,
                       const Zone& zone) {
  const playlist::Schedule schedule(playlist);
  std::string csv(head);
  for (WallTime t = from; t < to;) {
    const auto slot = schedule.on_air(t);
    if (!slot) {
      const auto next = schedule.next_after(t);
      if (!next) break;
      t = next->heard_from();
      continue;
    }
    const WallTime end = slot->end.value_or(to);
    // What had begun before was on air in the time before.
    if (slot->heard_from() >= from) csv += line_of(*slot, end, playlist.items[slot->item], zone);
    t = std::max(end, t + std::chrono::milliseconds(1));
  }
  return csv;
}

}  // namespace alluvium::broadcaster
