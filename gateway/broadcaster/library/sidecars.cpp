#include "gateway/broadcaster/library/sidecars.hpp"

#include "core/base/bytes.hpp"
#include "gateway/broadcaster/atomic_file.hpp"

namespace alluvium::broadcaster {

void write_sidecars(const std::filesystem::path& path, const hash::LeafRow& row,
                    const media::FileFacts& facts) {
  media::FileFacts told;
  told.length = facts.length;
  told.type = facts.type;
  told.duration = facts.duration;
  told.seconds = facts.seconds;
  told.links = facts.links;
  replace_if_different(path.string() + ".thex", as_text(row.raw()));
  replace_if_different(path.string() + ".thex.json", media::to_json(told) + "\n");
}

}  // namespace alluvium::broadcaster
