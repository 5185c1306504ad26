#include "core/media/ogg_serials.hpp"

#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;

namespace {

/// A stream with this serial number, as its pages: one that begins it, and `count` others.
std::vector<Bytes> pages_of(int serial, std::size_t count = 3) {
  OggWriter writer(serial);
  writer.packet(opus_head(312), 0);
  std::vector<Bytes> pages = writer.pages();
  for (std::size_t i = 0; i < count; ++i) {
    writer.packet(opus_packet(100 + i), static_cast<std::int64_t>(i) * 960);
    for (Bytes& page : writer.pages()) pages.push_back(std::move(page));
  }
  return pages;
}

std::uint32_t serial_of(ByteView page) {
  return std::uint32_t{page[14]} | std::uint32_t{page[15]} << 8 | std::uint32_t{page[16]} << 16 |
         std::uint32_t{page[17]} << 24;
}

std::vector<Slice> passed(OggSerials& serials, const std::vector<Bytes>& pages) {
  std::vector<Slice> result;
  for (const Bytes& page : pages) result.push_back(serials.pass(Slice(page)));
  return result;
}

/// The serial numbers in the order of the pages; libogg accepts each of them.
std::vector<std::uint32_t> serials_of(const std::vector<Slice>& pages) {
  std::vector<std::uint32_t> serials;
  ogg_sync_state sync;
  ogg_sync_init(&sync);
  for (const Slice& page : pages) {
    std::copy(page.view().begin(), page.view().end(),
              ogg_sync_buffer(&sync, static_cast<long>(page.size())));
    ogg_sync_wrote(&sync, static_cast<long>(page.size()));
    ogg_page found;
    REQUIRE(ogg_sync_pageseek(&sync, &found) == static_cast<long>(page.size()));
    serials.push_back(static_cast<std::uint32_t>(ogg_page_serialno(&found)));
  }
  ogg_sync_clear(&sync);
  return serials;
}

std::size_t distinct(const std::vector<std::uint32_t>& serials) {
  return std::set<std::uint32_t>(serials.begin(), serials.end()).size();
}

}  // namespace

TEST_CASE("pages of files with different serial numbers are passed as they are") {
  OggSerials serials;
  for (const int serial : {1, 2, -5}) {
    serials.begin_file();
    for (const Bytes& bytes : pages_of(serial)) {
      const Slice page{bytes};
      CHECK(serials.pass(page).view().data() == page.view().data());
    }
  }
}

TEST_CASE("a file that plays again has another serial number, on all its pages alike") {
  OggSerials serials;
  std::set<std::uint32_t> seen;
  const auto pages = pages_of(7);
  for (int time = 0; time < 200; ++time) {
    serials.begin_file();
    const auto given = passed(serials, pages);
    const auto numbers = serials_of(given);
    REQUIRE(distinct(numbers) == 1);
    REQUIRE(seen.insert(numbers[0]).second);
    // Nothing else of the pages changes but number and checksum.
    for (std::size_t i = 0; i < pages.size(); ++i) {
      Bytes copy = to_bytes(given[i].view());
      std::copy_n(pages[i].begin() + 14, 4, copy.begin() + 14);
      std::copy_n(pages[i].begin() + 22, 4, copy.begin() + 22);
      REQUIRE(copy == pages[i]);
    }
  }
}

TEST_CASE("sound and picture keep numbers of their own, and only those that clash change") {
  OggSerials serials;
  serials.begin_file();
  static_cast<void>(passed(serials, pages_of(1)));
  serials.begin_file();
  const auto picture = pages_of(1);
  const auto sound = pages_of(2);
  std::vector<Bytes> both;
  for (std::size_t i = 0; i < picture.size(); ++i) {
    both.push_back(picture[i]);
    both.push_back(sound[i]);
  }
  const auto numbers = serials_of(passed(serials, both));
  CHECK(distinct(numbers) == 2);
  CHECK(numbers[0] != 1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CHECK(numbers[i] == (i % 2 == 0 ? numbers[0] : 2));
  }
}

TEST_CASE("a number given in place of another is not what a later stream of the file has") {
  OggSerials serials;
  serials.begin_file();
  static_cast<void>(passed(serials, pages_of(1)));
  serials.begin_file();
  const auto given = serials_of(passed(serials, pages_of(1)))[0];
  OggSerials same;
  same.begin_file();
  static_cast<void>(passed(same, pages_of(1)));
  same.begin_file();
  // Its first stream is given `given`; its second one has it already.
  std::vector<Bytes> both = {pages_of(1)[0], pages_of(static_cast<int>(given))[0]};
  const auto numbers = serials_of(passed(same, both));
  CHECK(numbers[0] == given);
  CHECK(numbers[1] != given);
}

TEST_CASE("the links of a chain differ from each other and from those of the file before") {
  OggSerials serials;
  std::vector<Bytes> chain = pages_of(3);
  for (const int serial : {4, 3}) {
    for (Bytes& page : pages_of(serial)) chain.push_back(std::move(page));
  }
  std::vector<std::uint32_t> numbers;
  for (int time = 0; time < 3; ++time) {
    serials.begin_file();
    for (const auto number : serials_of(passed(serials, chain))) numbers.push_back(number);
  }
  REQUIRE(numbers.size() == 36);
  CHECK(distinct(numbers) == 9);
  for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == numbers[i / 4 * 4]);
}

TEST_CASE("a file of very many streams is passed, and remembered as far as there is room") {
  OggSerials serials;
  serials.begin_file();
  std::vector<Bytes> pages;
  for (int serial = 0; serial < 1'000; ++serial) pages.push_back(pages_of(serial, 0)[0]);
  CHECK(distinct(serials_of(passed(serials, pages))) == 1'000);
  for (int link = 0; link < 1'000; ++link) {
    CHECK(distinct(serials_of(passed(serials, pages_of(link, 1)))) == 1);
  }
}

TEST_CASE("what is no page is passed as it is, wherever a page is cut") {
  OggSerials serials;
  serials.begin_file();
  const auto pages = pages_of(9);
  static_cast<void>(passed(serials, pages));
  serials.begin_file();
  const Bytes& first = pages[0];
  for (std::size_t length = 0; length < first.size(); ++length) {
    const Slice part(to_bytes(ByteView(first).first(length)));
    CHECK(serials.pass(part).view().data() == part.view().data());
  }
  Bytes longer = first;
  longer.push_back(0);
  const Slice page(longer);
  CHECK(serials.pass(page).view().data() == page.view().data());
  CHECK(serial_of(serials.pass(Slice(first)).view()) != 9);
}

TEST_CASE("pages of a stream whose beginning was not seen are passed as they are") {
  OggSerials serials;
  serials.begin_file();
  const auto pages = pages_of(9);
  static_cast<void>(passed(serials, pages));
  serials.begin_file();
  const Slice page(pages[2]);
  CHECK(serials.pass(page).view().data() == page.view().data());
}
