#pragma once

#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/time/clock.hpp"
#include "gateway/alias_desk.hpp"
#include "gateway/companions/companions.hpp"
#include "gateway/companions/shared_store.hpp"
#include "gateway/companions/write_behind.hpp"
#include "gateway/connect_back.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/lease_desk.hpp"
#include "gateway/observer.hpp"
#include "gateway/storage.hpp"
#include "gateway/swarms.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// Sees to it that whoever leads next knows what is known here: what listeners hold and are leased
/// is written behind, and read before this gateway leads. Nothing waits for the writing; what was
/// not written when the leader dies, a second's worth, the listeners say again. Owned by Gateway.
class Succession {
 public:
  /// Some hold more than was written of them: they are given time to say so.
  static constexpr Duration hold_back = std::chrono::milliseconds(350);

  /// All of it outlives this object; `storage` also the workers' last job.
  struct Surroundings {
    SharedStore& store;
    http::Client& client;
    const Clock& clock;
    Timers& timers;
    Workers& workers;
    Storage& storage;
    Observer& observer;
  };
  /// What is handed down.
  struct Knowledge {
    FileRegistry& registry;
    Swarms& swarms;
    LeaseDesk& leases;
    ConnectBack& connect_back;
    AliasDesk& aliases;
  };

  /// `on_change` is called each time this gateway leads and knows what is to be known, and when
  /// another one leads.
  Succession(const Surroundings& surroundings, const Knowledge& knowledge,
             Companions::Settings settings, std::function<void()> on_change);

  /// Looks what others have saved; `on_done` is called when the registry knows.
  void load_files(std::function<void()> on_done);
  /// Something was heard of a listener that shares.
  void on_peer(const net::Endpoint& peer);
  void on_leave(const net::Endpoint& peer) { on_peer(peer); }
  /// Writes what is still to be written and gives up the lead; `on_done` is called when the others
  /// can know.
  void end(std::function<void()> on_done);

  [[nodiscard]] Companions& companions() { return companions_; }
  [[nodiscard]] const Companions& companions() const { return companions_; }
  [[nodiscard]] const WriteBehind& write_behind() const { return behind_; }

 private:
  struct TakingOver;

  void take_over(std::function<void()> on_done);
  void on_part(const std::shared_ptr<TakingOver>& taking_over);
  void on_store(bool is_lost);
  void load_next();
  /// By value, as what they came from ends here.
  void on_loaded(std::shared_ptr<Storage::Contents> contents,
                 std::vector<std::function<void()>> calls);
  void restore(const SharedStore::Notes& notes);
  void restore(const net::Endpoint& peer, const std::string& text);
  void write();
  [[nodiscard]] SharedStore::Notes notes_of(const std::vector<net::Endpoint>& peers) const;

  Surroundings surroundings_;
  Knowledge knowledge_;
  std::function<void()> on_change_;
  WriteBehind behind_;
  bool is_writing_ = false;
  std::vector<std::function<void()>> when_loaded_;  ///< By the load under way, or the next.
  std::unique_ptr<Job> loading_;
  std::unique_ptr<Job> saving_;
  std::unique_ptr<Timer> write_timer_;
  /// Replies find nobody once it is gone.
  std::shared_ptr<Succession*> self_ = std::make_shared<Succession*>(this);
  Companions companions_;
};

}  // namespace alluvium::gateway
