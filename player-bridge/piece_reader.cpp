#include "player-bridge/piece_reader.hpp"

#include <algorithm>

namespace alluvium::bridge {

namespace {

/// Header pages beyond this much of a file are not believed in: it is played from its start.
constexpr std::uint64_t max_header_bytes = 1024 * 1024;

}  // namespace

std::optional<ItemFormat> tell_format(swarm::OnAirItem& item, WallTime due, Duration planned) {
  if (!item.is_known()) return std::nullopt;
  ItemFormat result{.format = media::format_of(item.type(), {}), .type = item.type()};
  if (!item.length() || result.type.empty() || result.format == media::Format::opaque) {
    item.set_need({{0}, due, true});
    const auto first = item.read({0});
    if (!first || !item.length()) return std::nullopt;
    result.type = item.type();
    result.format = media::format_of(result.type, first->view());
    if (result.type.empty() || result.type == "application/octet-stream") {
      result.type = std::string(media::sniffed_type(first->view()));
    }
  }
  // Servers have many names for these; to players, and at a seam, there is one.
  if (result.format == media::Format::mp3) result.type = "audio/mpeg";
  if (result.format == media::Format::adts) result.type = "audio/aac";
  result.length = *item.length();
  const auto said = item.facts().duration ? item.facts().duration : item.item().duration;
  result.duration = said ? Duration(*said) : planned;
  return result;
}

PieceReader::PieceReader(const ItemFormat& format, Duration entry)
    : entry_(entry),
      framer_(media::make_framer(format.format, format.duration, format.length)),
      may_jump_(entry > Duration::zero()) {}

std::optional<media::Piece> PieceReader::next(swarm::OnAirItem& item, WallTime due) {
  for (;;) {
    if (may_jump_ && !has_jumped_ && framer_->can_jump()) jump(item);
    auto piece = framer_->next();
    if (piece) {
      if (piece->kind == media::Piece::Kind::media) may_jump_ = false;
      return piece;
    }
    if (is_fed_) is_over_ = true;
    if (is_over_ || !feed(item, due)) return std::nullopt;
  }
}

void PieceReader::jump(const swarm::OnAirItem& item) {
  may_jump_ = false;
  has_jumped_ = true;
  const media::EntryPoint entry = media::entry_point(item.facts(), entry_);
  if (entry.offset == 0 && entry.time == Duration::zero()) return;
  is_estimated_ = !entry.exact;
  framer_->jump(entry.offset, entry.time);
  next_ = hash::ChunkLayout(*item.length()).chunk_at(entry.offset);
  skip_ = entry.offset - next_.value * hash::chunk_bytes;
  is_fed_ = false;
}

bool PieceReader::feed(swarm::OnAirItem& item, WallTime due) {
  const hash::ChunkLayout layout(item.length().value_or(0));
  if (next_.value >= layout.count()) {
    framer_->finish();
    is_fed_ = true;
    return true;
  }
  const bool is_for_headers = may_jump_ && next_.value * hash::chunk_bytes < max_header_bytes;
  item.set_need({next_, due, is_for_headers});
  const auto chunk = item.read(next_);
  if (!chunk) return false;
  framer_->feed(chunk->part(static_cast<std::size_t>(skip_)).view());
  skip_ = 0;
  ++next_;
  return true;
}

}  // namespace alluvium::bridge
