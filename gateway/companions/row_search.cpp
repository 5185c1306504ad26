#include "gateway/companions/row_search.hpp"

#include <utility>

namespace alluvium::gateway {

class RowSearch::Search final : public http::Exchange {
 public:
  Search(RowSearch& owner, const hash::TreeRoot& root,
         std::function<void(const FileRegistry::File&)> on_found)
      : owner_(owner), on_found_(std::move(on_found)) {
    ++owner_.running_;
    const auto found = std::make_shared<std::optional<FileVersion>>();
    job_ = owner.workers_.run(
        [found, root, &storage = owner.storage_] { *found = storage.find(root); },
        [this, found] {
          on_found_(*found ? std::make_shared<const FileVersion>(std::move(**found)) : nullptr);
        });
  }
  ~Search() override { --owner_.running_; }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

 private:
  RowSearch& owner_;
  std::function<void(const FileRegistry::File&)> on_found_;
  std::unique_ptr<Job> job_;
};

std::unique_ptr<http::Exchange> RowSearch::search(
    const hash::TreeRoot& root, std::function<void(const FileRegistry::File&)> on_found) {
  if (running_ >= concurrent_searches) return nullptr;
  return std::make_unique<Search>(*this, root, std::move(on_found));
}

}  // namespace alluvium::gateway
