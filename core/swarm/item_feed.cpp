#include "core/swarm/item_feed.hpp"

#include "core/base/text.hpp"
#include "core/swarm/item_reader.hpp"
#include "core/swarm/need_window.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

using std::chrono::seconds;

namespace {

constexpr Duration look_again_after = seconds(5);
constexpr Duration unanswered_pause = std::chrono::milliseconds(500);
constexpr Duration longest_pause = seconds(60);
/// Chunks of an unverified file that are as good as the next half minute.
constexpr std::uint32_t plain_reserve = 32;

}  // namespace

ItemFeed::ItemFeed(Services& services, playlist::Item item, playlist::Slot slot,
                   std::optional<GatewayAccess> gateway, bool is_far,
                   std::function<void()> on_change)
    : services_(services),
      item_(std::move(item)),
      slot_(slot),
      gateway_(std::move(gateway)),
      on_change_(std::move(on_change)),
      need_{{0}, slot.start, false},
      is_far_(is_far),
      look_again_(services.timers.make_timer([this] { look_up(); })) {
  if (is_far_) show_problems(false);
  look_up();
}

ItemFeed::~ItemFeed() {
  for (ItemReader* reader : readers_) reader->on_feed_gone();
  for (const auto* kind : {"tree:", "origin:", "other:", "ranges:", "gateway:", "unverified:"}) {
    services_.problems.clear(kind + item_.url.text());
  }
  if (is_far_) show_problems(true);
}

void ItemFeed::set_broadcast(const playlist::Item& item, const playlist::Slot& slot) {
  // Its other places may have changed.
  if (is_far_) show_problems(true);
  item_ = item;
  slot_ = slot;
  if (is_far_) show_problems(false);
}

void ItemFeed::show_problems(bool shown) {
  std::vector<std::string> places{item_.url.text()};
  for (const http::Url& mirror : item_.mirrors) places.push_back(mirror.text());
  for (const auto& place : places) {
    shown ? services_.problems.show(place) : services_.problems.hold_back(place);
  }
}

void ItemFeed::set_far(bool is_far) {
  if (is_far == is_far_) return;
  is_far_ = is_far;
  show_problems(!is_far);
  if (lookup_) lookup_->set_unhurried(is_far);
  // Its time is near: no pause any more.
  if (!is_far && !lookup_ && std::exchange(vain_lookups_, 0) > 0) look_again_->arm({});
}

void ItemFeed::limit_bulk(unsigned requests) {
  most_bulk_ = requests;
  if (download_ != nullptr) download_->limit_bulk(requests);
}

bool ItemFeed::has_next(Duration span) const {
  if (!source_ || !source_->length()) return false;
  const Duration from = timetable_.time_at(need_.next.value * hash::chunk_bytes);
  const hash::ChunkIndex file_end = hash::ChunkLayout(*source_->length()).all().end;
  hash::ChunkIndex end =
      std::max(timetable_.due_between(from, from + span).end, need_.next.plus(1));
  // What is not kept is not fetched far ahead either.
  if (!is_verified()) end = std::min(end, need_.next.plus(plain_reserve));
  end = std::min(end, file_end);
  return end <= need_.next || source_->run_from(need_.next) >= end.value - need_.next.value;
}

std::optional<hash::TreeRoot> ItemFeed::root() const {
  if (download_ == nullptr) return std::nullopt;
  return download_->root();
}

std::string ItemFeed::type() const {
  if (!facts_.type.empty() || download_ != nullptr || !source_) return facts_.type;
  return static_cast<const PlainSource&>(*source_).type();
}

void ItemFeed::look_up() {
  if (lookup_) return;
  if (is_stuck_) {
    // The row in the store has never fitted anything: it must not be found again.
    const auto doubted = root();
    doubted_length_ = source_->length();
    source_.reset();
    download_ = nullptr;
    if (doubted) services_.store.discard_empty(*doubted);
    is_stuck_ = false;
  }
  lookup_ = std::make_unique<FileLookup>(services_, item_, gateway_,
                                         [this](FoundFile found) { on_found(std::move(found)); });
  lookup_->set_unhurried(is_far_);
}

void ItemFeed::look_up_later(bool has_been_answered) {
  const unsigned vain = vain_lookups_++;
  // A network that comes back is to be noticed at once.
  if (!is_far_) return look_again_->arm(has_been_answered ? look_again_after : unanswered_pause);
  const Duration pause = std::min(look_again_after * (1 << std::min(vain, 4u)), longest_pause);
  const auto jitter = static_cast<double>(pause.count()) * 0.25 * services_.random.unit();
  look_again_->arm(pause + Duration(static_cast<Duration::rep>(jitter)));
}

void ItemFeed::on_found(FoundFile found) {
  const auto ended = std::move(lookup_);
  const bool is_known_already =
      source_ &&
      (found.row == nullptr || (download_ != nullptr && found.row->root() == download_->root()));
  if (found.row == nullptr) look_up_later(found.has_been_answered);
  if (is_known_already) return;

  SourceObserver& observer = *this;
  if (!known_since_) known_since_ = services_.clock.now();
  facts_ = std::move(found.facts);
  if (found.row == nullptr) {
    source_ = std::make_unique<PlainSource>(services_, item_.url, observer);
    download_ = nullptr;
  } else {
    services_.problems.clear("unverified:" + item_.url.text());
    DownloadPlan plan;
    plan.row = std::move(found.row);
    plan.origins.push_back(item_.url);
    plan.origins.insert(plan.origins.end(), item_.mirrors.begin(), item_.mirrors.end());
    if (!item_.root) plan.named_by = gateway_ ? "the gateway" : "the sidecar";
    // Both named by the playlist, or the same answer twice: then false bytes are their sender's
    // fault.
    const std::uint64_t length = plan.row->layout().length();
    plan.is_row_proven = (item_.root && item_.length == length) || doubted_length_ == length;
    auto download = std::make_unique<Download>(services_, std::move(plan), observer);
    download_ = download.get();
    download_->introduce(facts_.peers);
    download_->limit_bulk(most_bulk_);
    source_ = std::move(download);
    download_->set_guide(guide_);
    if (opened_as_) download_->open_fully(*opened_as_);
  }
  timetable_ =
      Timetable(facts_, facts_.length, item_.duration.value_or(std::chrono::milliseconds(0)));
  on_change_();
}

void ItemFeed::on_tree_contradicted(bool is_stuck) {
  is_stuck_ = is_stuck_ || is_stuck;
  // Where the playlist names the tree there is nothing to look up but the length.
  if (is_stuck || !item_.root) look_again_->arm(is_stuck ? seconds(1) : look_again_after);
}

void ItemFeed::set_guide(Guide guide) {
  guide_ = guide;
  if (download_ != nullptr) download_->set_guide(guide);
}

void ItemFeed::open_fully(const Membership& membership) {
  opened_as_ = membership;
  if (download_ != nullptr) download_->open_fully(membership);
}

void ItemFeed::remove_reader(ItemReader& reader) {
  std::erase(readers_, &reader);
}

std::unique_ptr<PlainSource> ItemFeed::make_plain_source(SourceObserver& observer) {
  return std::make_unique<PlainSource>(services_, item_.url, observer);
}

const Need* ItemFeed::most_pressing(WallTime programme_now) const {
  const Need* most = nullptr;
  WallTime earliest;
  for (const ItemReader* reader : readers_) {
    const hash::ChunkRun run = window_of(reader->need(), timetable_, programme_now).urgent;
    const hash::ChunkIndex missing = run.begin.plus(source_->run_from(run.begin));
    const WallTime due = due_of(reader->need(), timetable_, missing);
    if (missing >= run.end || (most != nullptr && earliest <= due)) continue;
    most = &reader->need();
    earliest = due;
  }
  return most;
}

void ItemFeed::update(WallTime programme_now) {
  if (!source_) return;
  Window window = window_of(need_, timetable_, programme_now);
  if (const Need* other = is_verified() ? most_pressing(programme_now) : nullptr) {
    const Window others = window_of(*other, timetable_, programme_now);
    if (is_for_readers_only_) {
      window = others;
    } else {
      window.after_those = others.urgent;
    }
  }
  source_->set_window(window);
  // What is not kept is fetched when it is needed.
  const bool is_premature = !is_verified() && (is_for_readers_only_ || is_far_);
  if (!is_premature) source_->update();
  for (ItemReader* reader : readers_) reader->update(programme_now);
  if (download_ == nullptr && source_->held() > 0) {
    services_.problems.report("unverified:" + item_.url.text(),
                              "nobody names a hash tree for " + printable(item_.url.text(), 500) +
                                  ", so it is played unverified and not shared");
  }
}

}  // namespace alluvium::swarm
