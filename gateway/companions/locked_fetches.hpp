#pragma once

#include "core/http/client.hpp"
#include "core/time/clock.hpp"
#include "gateway/companions/shared_store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace alluvium::gateway {

/// Fetches of whole files, of which several gateways have one at a time: as only the leader
/// fetches, that matters when the lead changes. Who finds a file locked waits a while, and fails if
/// the file has become known meanwhile; a lock ends by itself, and without the store there is none.
/// What only asks whether a file has changed needs no lock. Owned by Gateway; outlives its
/// transfers.
class LockedFetches final : public http::Client {
 public:
  /// A lock of somebody who died is not waited for much longer.
  static constexpr Duration term = std::chrono::seconds(4);
  static constexpr Duration longest_wait = std::chrono::seconds(5);
  /// Between the last byte and the moment at which others can read what was hashed.
  static constexpr Duration saved_within = std::chrono::seconds(1);

  /// All of it outlives this object.
  struct Surroundings {
    http::Client& client;
    SharedStore& store;
    const Clock& clock;
    Timers& timers;
  };
  /// Looks what others have saved, then calls with whether that file is known.
  using LookAgain = std::function<void(const http::Url&, std::function<void(bool)>)>;

  LockedFetches(const Surroundings& surroundings, std::string id, LookAgain look_again);

  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer) override;

 private:
  class LockedTransfer;

  Surroundings surroundings_;
  std::string id_;
  LookAgain look_again_;
};

}  // namespace alluvium::gateway
