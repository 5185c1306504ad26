#pragma once

#include "gateway/companions/shared_store.hpp"
#include "tests/support/virtual_time.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace alluvium::gateway::test {

/// What all gateways of a test share, in virtual time. It can be lost, for all or for one, and can
/// forget everything.
struct SharedMemory {
  explicit SharedMemory(alluvium::test::VirtualTime& virtual_time) : time(virtual_time) {}

  template <typename T>
  struct Kept {
    T value;
    Instant until;
  };
  void forget() {
    seat.reset();
    secret.clear();
    records.clear();
    tickets.clear();
    locks.clear();
  }

  alluvium::test::VirtualTime& time;
  bool is_lost = false;
  std::optional<Kept<SharedStore::Seat>> seat;
  std::string secret;
  std::map<net::Endpoint, Kept<std::string>> records;
  std::string tickets;
  std::map<std::string, Kept<std::string>> locks;
};

/// One gateway's way to it. Every call takes a millisecond, there and back.
class FakeStore final : public SharedStore {
 public:
  explicit FakeStore(SharedMemory& memory) : memory_(memory) {}

  bool is_cut_off = false;

  void elect(const Candidate& candidate,
             std::function<void(std::optional<Seat>)> on_reply) override {
    call<std::optional<Seat>>(std::move(on_reply), [this, candidate] {
      const Instant now = memory_.time.now();
      if (memory_.secret.empty()) memory_.secret = candidate.secret;
      if (memory_.seat && memory_.seat->until <= now) memory_.seat.reset();
      const bool may_lead = !memory_.seat || memory_.seat->value.id == candidate.id;
      if (may_lead && (candidate.claims || memory_.seat)) {
        memory_.seat = {{candidate.id, candidate.url, {}, {}}, now + candidate.term};
      }
      Seat seat;
      if (memory_.seat) {
        seat = memory_.seat->value;
        seat.remains = memory_.seat->until - now;
      }
      seat.secret = memory_.secret;
      return std::optional(seat);
    });
  }
  void resign(const std::string& id, std::function<void()> on_reply) override {
    call<bool>([on_reply = std::move(on_reply)](bool) { on_reply(); },
               [this, id] {
                 if (memory_.seat && memory_.seat->value.id == id) memory_.seat.reset();
                 return true;
               });
  }
  void write(const Notes& notes, std::function<void(bool)> on_reply) override {
    ++writes;
    call<bool>(std::move(on_reply), [this, notes] {
      for (const auto& [peer, record] : notes.records) {
        memory_.records[peer] = {record, memory_.time.now() + record_lifetime};
        if (record.empty()) memory_.records.erase(peer);
      }
      memory_.tickets = notes.tickets;
      return true;
    });
  }
  void read(std::function<void(std::optional<Notes>)> on_reply) override {
    call<std::optional<Notes>>(std::move(on_reply), [this] {
      Notes notes;
      for (const auto& [peer, kept] : memory_.records) {
        if (memory_.time.now() < kept.until) notes.records.emplace_back(peer, kept.value);
      }
      notes.tickets = memory_.tickets;
      return std::optional(notes);
    });
  }
  void lock(const std::string& name, const std::string& id, Duration term,
            std::function<void(std::optional<bool>)> on_reply) override {
    call<std::optional<bool>>(std::move(on_reply), [this, name, id, term] {
      auto& lock = memory_.locks[name];
      const bool is_free = lock.until <= memory_.time.now() || lock.value == id;
      if (is_free) lock = {id, memory_.time.now() + term};
      return std::optional(is_free);
    });
  }
  void unlock(const std::string& name, const std::string& id) override {
    const auto lock = memory_.locks.find(name);
    if (lock != memory_.locks.end() && lock->second.value == id) memory_.locks.erase(lock);
  }
  Statistics statistics() const override { return {}; }

  int writes = 0;

 private:
  /// `act` happens half-way; without an answer the caller hears an empty one.
  template <typename T>
  void call(std::function<void(T)> on_reply, std::function<T()> act) {
    const bool is_heard = !memory_.is_lost && !is_cut_off;
    const std::uint64_t number = ++calls_;
    auto& timer = pending_[number];
    timer = memory_.time.make_timer([this, number, on_reply, act, is_heard] {
      const T reply = is_heard ? act() : T();
      // All of this lives in the timer.
      const auto ended = std::move(pending_.at(number));
      pending_.erase(number);
      on_reply(reply);
    });
    timer->arm(is_heard ? Duration(std::chrono::milliseconds(1)) : patience);
  }

  SharedMemory& memory_;
  std::map<std::uint64_t, std::unique_ptr<Timer>> pending_;
  std::uint64_t calls_ = 0;
};

}  // namespace alluvium::gateway::test
