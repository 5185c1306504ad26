#include "gateway/leases/answer_sheet.hpp"

#include "gateway/leases/chunk_runs.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace alluvium::leases {

namespace {

bool is_alike(const FromOrigin& a, const FromOrigin& b) {
  return a.ticket == b.ticket;
}
bool is_alike(const FromPeer& a, const FromPeer& b) {
  // Whoever is asked for what it is only getting must be asked to wait.
  return a.peer == b.peer && a.ticket == b.ticket &&
         (a.wait == Duration::zero()) == (b.wait == Duration::zero());
}
bool is_alike(const FromNobody&, const FromNobody&) {
  return true;
}

bool is_alike(const AnswerSheet::From& a, const AnswerSheet::From& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& one) { return is_alike(one, std::get<std::decay_t<decltype(one)>>(b)); }, a);
}

}  // namespace

void AnswerSheet::add(const hash::TreeRoot& root, hash::ChunkIndex chunk, const From& from) {
  const hash::ChunkRun run{chunk, chunk.plus(1)};
  const auto alike = std::find_if(
      answer_.given.rbegin(), answer_.given.rend(),
      [&](const Given& given) { return given.root == root && is_alike(given.from, from); });
  if (alike == answer_.given.rend()) {
    answer_.given.push_back({root, {run}, from});
  } else if (alike->runs.back().end == chunk) {
    alike->runs.back().end = run.end;
  } else {
    alike->runs.push_back(run);
  }
}

Answer AnswerSheet::take() {
  for (auto& given : answer_.given) {
    // Before the move: in which order arguments are evaluated is the compiler's choice.
    const std::size_t runs = given.runs.size();
    given.runs = in_order(std::move(given.runs), std::numeric_limits<std::uint32_t>::max(), runs);
  }
  std::stable_sort(answer_.given.begin(), answer_.given.end(),
                   [](const Given& a, const Given& b) { return a.root < b.root; });
  return std::exchange(answer_, {});
}

}  // namespace alluvium::leases
