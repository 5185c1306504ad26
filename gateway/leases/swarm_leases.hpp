#pragma once

#include "core/base/random.hpp"
#include "core/hash/tree.hpp"
#include "gateway/leases/answer_sheet.hpp"
#include "gateway/leases/escape_ration.hpp"
#include "gateway/leases/known_sources.hpp"
#include "gateway/leases/lease_table.hpp"
#include "gateway/leases/limits.hpp"
#include "gateway/leases/roster.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace alluvium::leases {

/// Gives tickets for all files: later asks get higher ones, later leases lower ones, and every
/// lease's is lower than every ask's. Value type.
class Tickets {
 public:
  [[nodiscard]] Ticket next_ask() { return ++ask_; }
  [[nodiscard]] Ticket next_lease() { return --lease_; }

  [[nodiscard]] TicketsGiven given() const { return {ask_, lease_}; }
  /// Goes on behind what somebody else gave, of which not all may be known.
  void resume_after(const TicketsGiven& given) {
    if (given.lease <= perhaps_given || given.ask > ~perhaps_given) return;
    ask_ = std::max(ask_, given.ask + perhaps_given);
    lease_ = std::min(lease_, given.lease - perhaps_given);
  }

 private:
  static constexpr Ticket perhaps_given = 1'000'000;
  static constexpr Ticket middle = 1'000'000'000'000;
  Ticket ask_ = middle;
  Ticket lease_ = middle;
};

/// What the swarms of all files share. Owned by LeaseBook.
struct Common {
  Random random;
  Tickets tickets;
  Counters counters;
  std::map<net::IpAddress, std::uint32_t> leases_by_client;  ///< None is zero.
  Instant leases_from{};                                     ///< Nothing is leased before.
};

/// What one announcement may still be given. Value type.
struct Quota {
  std::uint32_t chunks = chunks_answered;
  std::uint32_t bulk = bulk_run;  ///< Chunks to lease of what is not urgent.
  std::uint32_t urgent = 0;       ///< Chunks that were leased of what is.
  std::uint32_t escapes = escape_chunks;
  std::optional<Ticket> ticket;        ///< Of all that is asked for the first time.
  std::optional<Ticket> lease_ticket;  ///< Of all that is leased.
};

/// Whom one who asks can ask, beside all who can be dialled. Value type.
struct Relations {
  std::vector<MemberId> avoided;     ///< It does not want to be sent to these.
  std::vector<MemberId> neighbours;  ///< They cannot be dialled, but have opened it a connection.
};

/// Who fetches which chunk of one file from where. Invariants: a chunk has at most one live lease;
/// a member is only sent to one that holds the chunk or whose ticket for it is lower; a chunk that
/// somebody able holds is not leased, unless all who are to be had are too slow for it. Pure: time
/// is passed in. Owned by LeaseBook.
class SwarmLeases {
 public:
  SwarmLeases(const hash::TreeRoot& root, const FileFacts& facts, Common& common);

  /// The peer must leave before it is destroyed.
  [[nodiscard]] MemberId join(Peer& peer);
  void leave(MemberId id, Instant now);
  /// Something of its peer may have changed.
  void on_peer_changed(MemberId id, Instant now);
  void on_have(MemberId id, const Held& held, Instant now);
  void on_origin_failed(MemberId id, const ChunkRuns& runs, Instant now);
  /// `id` got nothing of these from `source`. True if it had been sent there, and that speaks
  /// against the source.
  bool on_source_failed(MemberId id, const ChunkRuns& runs, MemberId source, Failing why,
                        Instant now);
  void on_want(MemberId id, const Want& want, const Relations& relations, Instant now, Quota& quota,
               AnswerSheet& sheet);
  /// What a member holds, and is leased.
  [[nodiscard]] Recollection::File recollect(MemberId id, Instant now) const;
  /// A lease that another book gave goes on.
  void restore(MemberId id, const LiveLease& lease, Instant now);
  /// Ends leases whose time is over.
  void on_time(Instant now);
  /// Forgets what nobody asks about any more.
  void tidy(Instant now);

  [[nodiscard]] std::size_t size() const { return roster_.size(); }
  [[nodiscard]] const hash::ChunkLayout& layout() const { return facts_.layout; }

 private:
  /// What is known of a chunk that was asked for.
  struct Asked {
    KnownSources sources;
    /// Who fetched it from the origin, so that it certainly had it: at most `settled_holders`.
    std::vector<MemberId> fetchers;
    std::optional<Instant> unmet_since;  ///< Somebody wants it, and nobody was found.
    Instant nobody_until{};              ///< No use in looking again for what is not urgent.
    Instant last{};
  };
  struct Choice {
    MemberId source;
    Instant finish;  ///< Of the first chunk.
    bool is_held = false;
  };
  /// One who asks, with what does not change while it is answered.
  struct Asker {
    MemberId id;
    Member& member;
    const Relations& relations;
    Instant now;
    Duration by;
    [[nodiscard]] bool is_urgent() const { return by <= urgent_window; }
    [[nodiscard]] bool is_let_down() const { return member.peer->is_let_down(now); }
  };

  // swarm_leases.cpp: what happens to members and leases.
  [[nodiscard]] Standing standing_of(const Member& member) const;
  void restand(Member& member, std::optional<Standing> standing);
  void count_bridge(const Standing& standing, std::uint32_t each);
  void add_supply(const Member& member, std::span<const hash::ChunkRun> runs, std::uint32_t each);
  void remember_rare(MemberId id, std::span<const hash::ChunkRun> runs, Instant now);
  /// How late it may be before that speaks against it.
  [[nodiscard]] Duration patience_with(MemberId source) const;
  /// Where the member was sent for these it has got them.
  void note_sources(const Member& member, const ChunkRuns& news);
  void on_progress(MemberId id, const Member& member, const ChunkRuns& news, Instant now);
  enum class Ending { settled, expired, failed };
  void end_lease(hash::ChunkIndex chunk, Ending how, Instant now);
  void release(const Lease& lease);
  void fail_leases_of(MemberId id, Instant now);
  [[nodiscard]] bool is_settled(const Lease& lease, const Member& holder) const;
  [[nodiscard]] Duration lease_term(bool is_urgent) const;

  /// That chunk is for its holder to fetch from now on; `place` is the holder's.
  void give_lease(hash::ChunkIndex chunk, const Lease& lease, Instant expires, Place& place,
                  Asked& entry);

  // sources.cpp: who could give a chunk.
  [[nodiscard]] std::optional<Choice> best_source(const Asker& asker, hash::ChunkRun rest,
                                                  Ticket ticket, MemberId except, Asked& asked);
  [[nodiscard]] std::optional<Choice> offer(const Asker& asker, hash::ChunkIndex chunk,
                                            Ticket ticket, MemberId source) const;
  /// Of the offers only those in the asker's own house, if there are any: what one has, nobody else
  /// there need fetch from outside.
  void prefer_housemates(const Asker& asker);
  [[nodiscard]] std::optional<Choice> best_offer(const Asker& asker, hash::ChunkRun rest,
                                                 Ticket ticket);
  /// Of what is due soon: the soonest, but rather in time from one who has served before.
  [[nodiscard]] std::optional<Choice> best_urgent_offer(const Asker& asker,
                                                        hash::ChunkIndex chunk) const;
  /// It has served somebody, or was leased the chunk.
  [[nodiscard]] bool is_proven(MemberId source, hash::ChunkIndex chunk) const;
  /// All who say that they hold it are strangers, as is whoever let the asker down.
  [[nodiscard]] bool is_only_with_strangers(const Asker& asker, hash::ChunkIndex chunk) const;
  /// The time that each chunk of the run takes, if it is asked from there as far as it has it.
  [[nodiscard]] Duration cost_of(const Asker& asker, hash::ChunkRun rest, Ticket ticket,
                                 const Choice& first) const;
  [[nodiscard]] std::optional<Instant> coming_at(const Member& source, hash::ChunkIndex chunk,
                                                 Ticket below, Instant now) const;
  /// The asker reaches it over a family that both have.
  [[nodiscard]] static bool is_dialled(const Asker& asker, const Member& source);
  /// By which address the asker finds it.
  [[nodiscard]] static net::Endpoint where(const Asker& asker, const Member& source);
  /// The source is a neighbour, and there; it cannot be dialled by the asker.
  [[nodiscard]] static bool is_neighbour(const Asker& asker, MemberId id, const Member& source);
  [[nodiscard]] bool may_ask(const Asker& asker, MemberId id, const Member& source) const;
  /// Somebody from whom it may come to the asker in the end holds it, or is leased it.
  [[nodiscard]] bool is_brought(const Asker& asker, hash::ChunkIndex chunk) const;
  /// It will come from neighbour to neighbour, and there is time for that.
  [[nodiscard]] bool is_coming_by_links(const Asker& asker, hash::ChunkIndex chunk) const;
  /// It is held where the asker does not reach, by others who call over both families and pass on
  /// what they get: there is time for that.
  [[nodiscard]] bool is_coming_by_bridge(const Asker& asker, hash::ChunkIndex chunk) const;
  /// How many hold it whom the asker can dial.
  [[nodiscard]] std::uint32_t holders_for(const Asker& asker, hash::ChunkIndex chunk) const;
  /// Somebody whom the asker would ask holds it.
  [[nodiscard]] bool is_supplied(const Asker& asker, hash::ChunkIndex chunk) const;
  [[nodiscard]] std::uint32_t supply(std::size_t kind, hash::ChunkIndex chunk) const;

  // answering.cpp: what an asker is told.
  std::uint32_t answer_from(const Asker& asker, hash::ChunkRun rest, Quota& quota,
                            AnswerSheet& sheet);
  bool repeat(const Asker& asker, const Place& place, AnswerSheet& sheet);
  std::uint32_t assign(const Asker& asker, hash::ChunkRun rest, const Choice& first, Quota& quota,
                       AnswerSheet& sheet);
  /// Nobody else brings it, or none of those who hold it has time.
  [[nodiscard]] bool is_for_the_origin(const Asker& asker, hash::ChunkIndex chunk) const;
  /// What is due would come too late from the slow ones who alone hold it, and this asker could
  /// soon give it to the others.
  [[nodiscard]] bool is_too_slow(const Asker& asker, hash::ChunkIndex chunk, Instant finish) const;
  /// It would stand there for longer than it takes until others have the chunk.
  [[nodiscard]] bool is_line_too_long(const Asker& asker, hash::ChunkIndex chunk,
                                      const Choice& choice) const;
  /// Who fetched it can perhaps not be reached, and this asker could soon give it to the others.
  [[nodiscard]] bool is_stuck(const Asker& asker, hash::ChunkIndex chunk) const;
  [[nodiscard]] bool has_waited_long(const Asker& asker, hash::ChunkIndex chunk) const;
  [[nodiscard]] bool may_lease(const Asker& asker, hash::ChunkIndex chunk,
                               const Asked& asked) const;
  /// Leases the first of `rest`, which there must be room for, and what follows it that it may.
  std::uint32_t grant(const Asker& asker, hash::ChunkRun rest, Quota& quota, AnswerSheet& sheet);
  void tell_to_wait(const Asker& asker, hash::ChunkIndex chunk, AnswerSheet& sheet);
  void consider_escape(const Asker& asker, const Place* place, std::optional<Instant> finish,
                       Quota& quota, AnswerSheet& sheet);
  [[nodiscard]] bool is_alone(const Asker& asker) const;
  /// It is due soon, and nobody is known who could ever be asked for it.
  [[nodiscard]] bool is_forlorn(const Asker& asker, hash::ChunkIndex chunk) const;
  /// Somebody may become its neighbour yet, unless it does not share or has waited for that.
  [[nodiscard]] static bool may_fetch_alone(const Asker& asker, const Place* place);
  [[nodiscard]] std::uint32_t lease_room(const Asker& asker, const Quota& quota) const;
  [[nodiscard]] std::uint32_t playing_chunks(Duration time) const;
  void hurry(hash::ChunkIndex chunk);
  [[nodiscard]] Ticket ticket_of_asks(Quota& quota);
  Asked* asked(hash::ChunkIndex chunk, Instant now);

  hash::TreeRoot root_;
  FileFacts facts_;
  std::uint64_t bits_per_second_;
  Common& common_;
  Roster roster_;
  LeaseTable leases_;
  std::map<hash::ChunkIndex, Asked> asked_;
  EscapeRation ration_;
  std::vector<Choice> offers_;  ///< Of the choice that is being made.
  Duration per_chunk_ = first_guess_per_chunk;

  /// How many members hold each chunk: the able ones reached by IPv4, those reached by IPv6, those
  /// who count as either, the pending ones, those that only some can ask, and of the able those of
  /// the best tier.
  enum Supply : std::size_t { by_v4, by_v6, by_both, pending, linked, well_placed, supplies };
  std::array<std::vector<std::uint32_t>, supplies> supply_;
  std::array<std::uint32_t, tiers> members_by_tier_{};
  std::array<std::uint32_t, tiers> incomplete_by_tier_{};
  /// Those who lack something, call over both families, and are reached over the one.
  std::uint32_t bridges_to_v4_ = 0;
  std::uint32_t bridges_to_v6_ = 0;
  std::uint64_t uplinks_bps_ = 0;  ///< Of all who can serve others, as far as is known.
};

}  // namespace alluvium::leases
