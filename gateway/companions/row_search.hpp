#pragma once

#include "core/base/workers.hpp"
#include "core/http/handler.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/storage.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace alluvium::gateway {

/// Looks in the store for files that another gateway has put there, a few at a time: leaf rows are
/// the same whoever answers. Owned by Gateway; outlives its exchanges.
class RowSearch {
 public:
  static constexpr std::size_t concurrent_searches = 16;

  /// `storage` outlives the workers' last job.
  RowSearch(Workers& workers, Storage& storage) : workers_(workers), storage_(storage) {}

  /// `on_found` is called once, with null if there is no such file, unless the exchange is
  /// destroyed before. Null if too many are being looked for.
  [[nodiscard]] std::unique_ptr<http::Exchange> search(
      const hash::TreeRoot& root, std::function<void(const FileRegistry::File&)> on_found);

 private:
  class Search;

  Workers& workers_;
  Storage& storage_;
  std::size_t running_ = 0;
};

}  // namespace alluvium::gateway
