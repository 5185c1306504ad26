#include "gateway/live_parts.hpp"

#include "core/hash/tree.hpp"

#include <utility>
#include <variant>

namespace alluvium::gateway {

LiveParts::LiveParts(http::Client& client, const Clock& clock, const Stations& stations,
                     FileRegistry& registry, const net::AddressRules& rules,
                     std::function<void(const http::Url&)> on_known)
    : client_(client),
      clock_(clock),
      stations_(stations),
      registry_(registry),
      rules_(rules),
      on_known_(std::move(on_known)) {}

void LiveParts::look() {
  for (const auto& station : stations_.all()) {
    if (!station->playlist()) continue;
    for (const playlist::Item& item : station->playlist()->items) {
      if (item.is_live && item.root && item.length) take(item);
    }
  }
  forget_old();
}

void LiveParts::take(const playlist::Item& item) {
  if (const auto known = known_.find(item.url); known != known_.end()) {
    known->second = clock_.now();
    return;
  }
  const bool has_room = fetches_.size() < most_fetches && known_.size() < most_parts;
  if (!has_room || fetches_.count(item.url) > 0 || registry_.by_url(item.url)) return;
  // Of a single chunk the leaf is the root.
  if (hash::ChunkLayout(*item.length).count() == 1) return add(item, item.root->digest);
  fetch_row(item);
}

void LiveParts::fetch_row(const playlist::Item& item) {
  http::ClientRequest request;
  request.url = item.url.with_path_suffix(".thex");
  request.rules = rules_;
  request.max_body_bytes = hash::leaf_row_bytes(*item.length);
  request.max_redirects = 5;
  request.total_timeout = std::chrono::seconds(5);
  fetches_[item.url] = std::make_unique<http::Fetch>(
      client_, std::move(request), [this, item](http::Fetch::Result result) {
        const auto done = fetches_.extract(item.url);
        const auto* response = std::get_if<http::WholeResponse>(&result);
        // What fails is tried again with the next look, as long as it is named.
        if (response != nullptr && response->head.status == 200) {
          add(item, as_bytes(response->body));
        }
      });
}

void LiveParts::add(const playlist::Item& item, ByteView row) {
  const auto leaves = hash::LeafRow::parse(row, *item.root, *item.length);
  if (!leaves) return;
  auto file = std::make_shared<FileVersion>(FileVersion{.url = item.url});
  file->facts.uri = item.url.text();
  file->facts.root = item.root;
  file->facts.length = *item.length;
  file->facts.type = item.type;
  file->facts.duration = item.duration;
  file->leaves = Slice(to_bytes(row));
  known_[item.url] = clock_.now();
  registry_.add(std::move(file), clock_.now());
  on_known_(item.url);
}

void LiveParts::forget_old() {
  std::erase_if(known_, [&](const auto& entry) {
    const bool is_old = clock_.now() - entry.second >= forgotten_after;
    if (is_old) registry_.forget(entry.first);
    return is_old;
  });
}

}  // namespace alluvium::gateway
