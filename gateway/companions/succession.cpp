#include "gateway/companions/succession.hpp"

#include "core/base/text.hpp"
#include "gateway/companions/peer_record.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace alluvium::gateway {

namespace {

constexpr Duration write_every = std::chrono::milliseconds(100);
/// In one call, so that no call takes long.
constexpr std::size_t records_at_once = 1'000;

std::string tickets_text(const leases::TicketsGiven& given) {
  return std::to_string(given.ask) + " " + std::to_string(given.lease);
}

std::optional<leases::TicketsGiven> parse_tickets(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto ask = parse_uint(text.substr(0, blank));
  const auto lease = parse_uint(text.substr(blank + 1));
  if (!ask || !lease) return std::nullopt;
  return leases::TicketsGiven{*ask, *lease};
}

}  // namespace

/// What has to come in before this gateway leads.
struct Succession::TakingOver {
  int parts = 2;
  SharedStore::Notes notes;
  std::function<void()> on_done;
};

Succession::Succession(const Surroundings& surroundings, const Knowledge& knowledge,
                       Companions::Settings settings, std::function<void()> on_change)
    : surroundings_(surroundings),
      knowledge_(knowledge),
      on_change_(std::move(on_change)),
      write_timer_(surroundings.timers.make_timer([this] { write(); })),
      companions_(
          {surroundings.store, surroundings.client, surroundings.clock, surroundings.timers},
          std::move(settings),
          {[this](std::function<void()> on_done) { take_over(std::move(on_done)); },
           [this] {
             behind_.clear();
             surroundings_.observer.on_lead(false, companions_.seat().url);
             on_change_();
           },
           [this](bool is_lost) { on_store(is_lost); }}) {
  write_timer_->arm(write_every);
}

void Succession::on_peer(const net::Endpoint& peer) {
  if (peer.port != 0 && companions_.leads()) behind_.on_news(peer, surroundings_.clock.now());
}

void Succession::take_over(std::function<void()> on_done) {
  const auto taking_over = std::make_shared<TakingOver>();
  taking_over->on_done = std::move(on_done);
  load_files([this, taking_over] { on_part(taking_over); });
  surroundings_.store.read(
      [self = std::weak_ptr(self_), taking_over](std::optional<SharedStore::Notes> notes) {
        const auto alive = self.lock();
        if (!alive) return;
        if (notes) taking_over->notes = std::move(*notes);
        (*alive)->on_part(taking_over);
      });
}

void Succession::on_part(const std::shared_ptr<TakingOver>& taking_over) {
  // The leases need to know the files.
  if (--taking_over->parts > 0) return;
  restore(taking_over->notes);
  taking_over->on_done();
  surroundings_.observer.on_lead(true, {});
  on_change_();
}

void Succession::load_files(std::function<void()> on_done) {
  when_loaded_.push_back(std::move(on_done));
  if (!loading_) load_next();
}

void Succession::load_next() {
  const auto contents = std::make_shared<Storage::Contents>();
  loading_ = surroundings_.workers.run(
      [contents, &storage = surroundings_.storage] { *contents = storage.load(); },
      // Who asks while this is under way may have missed something.
      [this, contents, calls = std::exchange(when_loaded_, {})] { on_loaded(contents, calls); });
}

void Succession::on_loaded(std::shared_ptr<Storage::Contents> contents,
                           std::vector<std::function<void()>> calls) {
  const Instant now = surroundings_.clock.now();
  for (auto& file : contents->files) {
    knowledge_.registry.add(std::make_shared<const FileVersion>(std::move(file)), now);
  }
  loading_.reset();
  if (!when_loaded_.empty()) load_next();
  for (const auto& call : calls) call();
}

void Succession::restore(const SharedStore::Notes& notes) {
  if (const auto tickets = parse_tickets(notes.tickets)) {
    knowledge_.leases.book().resume_after(*tickets);
  }
  for (const auto& [peer, text] : notes.records) restore(peer, text);
  if (!notes.records.empty()) {
    knowledge_.leases.book().hold_back(surroundings_.clock.now() + hold_back);
  }
}

void Succession::restore(const net::Endpoint& peer, const std::string& text) {
  const auto record = parse_peer_record(text);
  if (!record || !knowledge_.connect_back.permits(peer)) return;
  if (record->reachable) knowledge_.connect_back.recall(peer, *record->reachable);
  const Instant now = surroundings_.clock.now();
  for (const auto& file : record->files) {
    knowledge_.swarms.hold(peer, file.root, file.available, now);
  }
  knowledge_.swarms.set_listed(peer, record->reachable.value_or(false));
  knowledge_.leases.restore(peer, *record);
  if (record->alias) knowledge_.aliases.restore(peer, *record->alias);
}

void Succession::on_store(bool is_lost) {
  surroundings_.observer.on_store(is_lost);
  if (is_lost || !companions_.leads()) return;
  // It may have forgotten everything.
  const Instant now = surroundings_.clock.now();
  for (const auto& peer : knowledge_.leases.book().peers()) behind_.on_news(peer, now);
  saving_ = surroundings_.workers.run(
      [files = knowledge_.registry.current(), &storage = surroundings_.storage] {
        for (const auto& file : files) {
          if (!storage.save(*file)) return;
        }
      },
      [this] { const auto ended = std::move(saving_); });
}

SharedStore::Notes Succession::notes_of(const std::vector<net::Endpoint>& peers) const {
  SharedStore::Notes notes;
  for (const auto& peer : peers) {
    const auto record = knowledge_.leases.record_of(peer);
    notes.records.emplace_back(peer, record ? to_json(*record) : std::string());
  }
  notes.tickets = tickets_text(knowledge_.leases.book().tickets());
  return notes;
}

void Succession::write() {
  write_timer_->arm(write_every);
  if (is_writing_ || !companions_.leads() || companions_.is_store_lost()) return;
  const auto peers = behind_.take(surroundings_.clock.now(), records_at_once);
  if (peers.empty()) return;
  is_writing_ = true;
  surroundings_.store.write(notes_of(peers), [self = std::weak_ptr(self_), peers](bool is_written) {
    const auto alive = self.lock();
    if (!alive) return;
    (*alive)->is_writing_ = false;
    if (is_written) return;
    for (const auto& peer : peers) (*alive)->on_peer(peer);
  });
}

void Succession::end(std::function<void()> on_done) {
  write_timer_->disarm();
  if (companions_.leads() && !companions_.is_store_lost()) {
    surroundings_.store.write(notes_of(behind_.take_all()), [](bool) {});
  }
  companions_.resign(std::move(on_done));
}

}  // namespace alluvium::gateway
