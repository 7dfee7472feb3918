#include "sim/simulator/disk.hpp"

#include "sim/simulator/simulator_codes.hpp"

namespace cityledger::sim {
namespace {

/// "a/b/c" -> "a/b"; the folder of "a" is the root, "".
std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

/// Without slashes at the end, so that one folder has one name.
std::string tidy(const std::string& path) {
    std::string name = path;
    while (!name.empty() && name.back() == '/') name.pop_back();
    return name;
}

}  // namespace

// ---- SparseBytes --------------------------------------------------------------------------------

Bytes SparseBytes::read(std::uint64_t offset, std::size_t count) const {
    if (offset >= size_) return {};
    Bytes out(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)), 0);
    for (std::size_t done = 0; done < out.size();) {
        const std::uint64_t at = offset + done;
        const std::size_t within = static_cast<std::size_t>(at % k_disk_page_bytes);
        const std::size_t part = std::min(out.size() - done, k_disk_page_bytes - within);
        const auto page = pages_.find(at / k_disk_page_bytes);
        if (page != pages_.end()) std::copy_n(&(*page->second)[within], part, &out[done]);
        done += part;
    }
    return out;
}

SparseBytes::Page& SparseBytes::writable_page(std::uint64_t index) {
    auto& page = pages_[index];
    if (!page) {
        page = std::make_shared<Page>();
    } else if (page.use_count() > 1) {
        page = std::make_shared<Page>(*page);
    }
    return *page;
}

void SparseBytes::write(std::uint64_t offset, ByteView bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const std::uint64_t at = offset + done;
        const std::size_t within = static_cast<std::size_t>(at % k_disk_page_bytes);
        const std::size_t part = std::min(bytes.size() - done, k_disk_page_bytes - within);
        std::copy_n(&bytes[done], part, &writable_page(at / k_disk_page_bytes)[within]);
        done += part;
    }
    size_ = std::max(size_, offset + bytes.size());
}

void SparseBytes::resize(std::uint64_t size) {
    if (size < size_) {
        pages_.erase(pages_.lower_bound((size + k_disk_page_bytes - 1) / k_disk_page_bytes),
                     pages_.end());
        const std::size_t within = static_cast<std::size_t>(size % k_disk_page_bytes);
        if (within > 0 && pages_.contains(size / k_disk_page_bytes)) {
            Page& last = writable_page(size / k_disk_page_bytes);
            std::fill(last.begin() + static_cast<std::ptrdiff_t>(within), last.end(), 0);
        }
    }
    size_ = size;
}

// ---- names --------------------------------------------------------------------------------------

SimulatedDisk::SimulatedDisk(SimulatedRandom random, DiskFaults faults)
    : random_(random), faults_(faults) {}

void SimulatedDisk::set_observer(std::function<void(const DiskEvent&)> observer) {
    observer_ = std::move(observer);
}

void SimulatedDisk::tell(DiskEvent::Kind kind, const std::string& path, std::uint64_t offset,
                         ByteView bytes) const {
    if (observer_) observer_(DiskEvent{kind, path, offset, bytes});
}

Status SimulatedDisk::check_folder(const std::string& folder) const {
    if (folder.empty()) return {};
    const auto found = names_.find(folder);
    if (found == names_.end() || found->second) {
        return refuse(codes::disk_no_such_folder, folder);
    }
    return {};
}

Result<SimulatedDisk::InodePointer> SimulatedDisk::find_file(const std::string& path) const {
    const auto found = names_.find(path);
    if (found == names_.end()) return refuse(codes::disk_no_such_file, path);
    if (!found->second) return refuse(codes::disk_wrong_kind, path);
    return found->second;
}

void SimulatedDisk::apply(Names& names, const NameChange& change) {
    if (!change.from.empty()) names.erase(change.from);
    if (!change.to.empty()) names[change.to] = change.inode;
}

void SimulatedDisk::change_name(NameChange change) {
    apply(names_, change);
    unsynced_names_.push_back(std::move(change));
}

Result<std::unique_ptr<node::File>> SimulatedDisk::open(const std::string& path, bool create) {
    if (create && !names_.contains(path)) {
        if (const auto folder = check_folder(parent_of(path)); !folder) return propagate(folder);
        auto inode = std::make_shared<Inode>();
        inode->first_path = path;
        change_name({"", path, std::move(inode)});
    }
    const auto inode = find_file(path);
    if (!inode) return propagate(inode);
    return std::make_unique<SimulatedFile>(*this, *inode);
}

bool SimulatedDisk::exists(const std::string& path) const {
    return tidy(path).empty() || names_.contains(tidy(path));
}

Result<std::vector<std::string>> SimulatedDisk::list(const std::string& folder) {
    const std::string name = tidy(folder);
    if (const auto known = check_folder(name); !known) return propagate(known);
    std::vector<std::string> entries;
    for (const auto& [path, inode] : names_) {
        if (parent_of(path) != name) continue;
        entries.push_back(name.empty() ? path : path.substr(name.size() + 1));
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

Status SimulatedDisk::create_folder(const std::string& folder) {
    const std::string name = tidy(folder);
    if (check_folder(name)) return {};
    if (names_.contains(name)) return check_folder(name);
    if (const auto parent = check_folder(parent_of(name)); !parent) return parent;
    change_name({"", name, nullptr});
    return {};
}

Status SimulatedDisk::rename(const std::string& from, const std::string& to) {
    const auto inode = find_file(from);
    if (!inode) return propagate(inode);
    if (const auto folder = check_folder(parent_of(to)); !folder) return folder;
    change_name({from, to, *inode});
    return {};
}

Status SimulatedDisk::remove(const std::string& path) {
    const auto inode = find_file(path);
    if (!inode) return propagate(inode);
    change_name({path, "", nullptr});
    return {};
}

Status SimulatedDisk::sync_folder(const std::string& folder) {
    const std::string name = tidy(folder);
    if (const auto known = check_folder(name); !known) return known;
    const auto touches = [&name](const std::string& path) {
        return !path.empty() && parent_of(path) == name;
    };
    std::deque<NameChange> rest;
    for (NameChange& change : unsynced_names_) {
        if (touches(change.from) || touches(change.to)) {
            apply(durable_names_, change);
        } else {
            rest.push_back(std::move(change));
        }
    }
    unsynced_names_ = std::move(rest);
    tell(DiskEvent::Kind::sync, name, 0, {});
    return {};
}

std::uint64_t SimulatedDisk::used_bytes() const {
    std::uint64_t used = 0;
    for (const auto& [path, inode] : names_) used += inode ? inode->current.size() : 0;
    return used;
}

Result<std::uint64_t> SimulatedDisk::free_bytes(const std::string& folder) {
    if (const auto known = check_folder(tidy(folder)); !known) return propagate(known);
    const std::uint64_t used = used_bytes();
    return faults_.capacity_bytes > used ? faults_.capacity_bytes - used : 0;
}

Status SimulatedDisk::check_room(const Inode& inode, std::uint64_t size) const {
    const std::uint64_t growth = size > inode.current.size() ? size - inode.current.size() : 0;
    if (growth > 0 && used_bytes() + growth > faults_.capacity_bytes) {
        return refuse(codes::disk_without_room, inode.first_path);
    }
    return {};
}

// ---- content ------------------------------------------------------------------------------------

void SimulatedDisk::apply(SparseBytes& content, const Operation& operation) {
    if (operation.size) {
        content.resize(*operation.size);
    } else {
        content.write(operation.offset, operation.bytes);
    }
}

void SimulatedDisk::append(Inode& inode, Operation operation) {
    apply(inode.current, operation);
    ++inode.operations;
    ++writes_;
    tell(DiskEvent::Kind::write, inode.first_path, operation.offset, operation.bytes);
    inode.unsynced.push_back(std::move(operation));
}

Status SimulatedDisk::sync_inode(Inode& inode, std::uint64_t up_to_operation) {
    const bool fails = random_.chance(faults_.sync_failure) || fail_next_sync_;
    const std::uint64_t first = inode.operations - inode.unsynced.size();
    const std::uint64_t covered = up_to_operation > first ? up_to_operation - first : 0;
    if (fails) {
        // The kernel marks the pages clean although they are not on the disk: a second sync would
        // "succeed", so the file stays broken.
        fail_next_sync_ = false;
        inode.broken = true;
        inode.unsynced.clear();
        return refuse(codes::disk_sync_failed, inode.first_path);
    }
    for (std::uint64_t i = 0; i < covered; ++i) {
        const Operation operation = std::move(inode.unsynced.front());
        inode.unsynced.pop_front();
        apply(inode.durable, operation);
        tell(DiskEvent::Kind::durable, inode.first_path, operation.offset, operation.bytes);
    }
    tell(DiskEvent::Kind::sync, inode.first_path, 0, {});
    return {};
}

void SimulatedDisk::lose_names() {
    std::uint64_t kept = 0;
    if (random_.chance(faults_.keep_unsynced_names)) {
        kept = random_.below(unsynced_names_.size() + 1);
    }
    for (std::uint64_t i = 0; i < kept; ++i) apply(durable_names_, unsynced_names_[i]);
    unsynced_names_.clear();
    // Parents stand before their children, so one pass drops whole lost folders.
    for (auto entry = durable_names_.begin(); entry != durable_names_.end();) {
        const std::string folder = parent_of(entry->first);
        const bool reachable = folder.empty() || durable_names_.contains(folder);
        entry = reachable ? std::next(entry) : durable_names_.erase(entry);
    }
    names_ = durable_names_;
}

void SimulatedDisk::lose_writes(Inode& inode) {
    const bool keeps_some = random_.chance(faults_.keep_unsynced_files);
    for (Operation& operation : inode.unsynced) {
        if (!keeps_some || random_.below(2) == 0) continue;
        if (!operation.bytes.empty() && random_.chance(faults_.torn_write)) {
            operation.bytes.resize(random_.below(operation.bytes.size()));
        }
        apply(inode.durable, operation);
    }
    inode.unsynced.clear();
    inode.current = inode.durable;
    inode.broken = false;
}

void SimulatedDisk::power_cut() {
    ++life_;
    fail_next_sync_ = false;
    lose_names();
    for (auto& [path, inode] : names_) {
        if (inode) lose_writes(*inode);
    }
    tell(DiskEvent::Kind::power_cut, "", 0, {});
}

Status SimulatedDisk::flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
    const auto inode = find_file(path);
    if (!inode) return propagate(inode);
    const auto flip = [offset, bit](SparseBytes& content) {
        Bytes byte = content.read(offset, 1);
        if (byte.empty()) return;
        byte[0] = static_cast<std::uint8_t>(byte[0] ^ (1u << (bit % 8)));
        content.write(offset, byte);
    };
    flip((*inode)->current);
    flip((*inode)->durable);
    return {};
}

DiskImage SimulatedDisk::durable_files() const {
    DiskImage files;
    for (const auto& [path, inode] : durable_names_) {
        if (inode) files[path] = inode->durable;
    }
    return files;
}

DiskImage SimulatedDisk::files() const {
    DiskImage files;
    for (const auto& [path, inode] : names_) {
        if (inode) files[path] = inode->current;
    }
    return files;
}

void SimulatedDisk::restore(const DiskImage& image) {
    durable_names_.clear();
    for (const auto& [path, content] : image) {
        for (auto folder = parent_of(path); !folder.empty(); folder = parent_of(folder)) {
            durable_names_[folder] = nullptr;
        }
        auto inode = std::make_shared<Inode>();
        inode->first_path = path;
        inode->durable = content;
        durable_names_[path] = std::move(inode);
    }
    unsynced_names_.clear();
    power_cut();
}

// ---- SimulatedFile ------------------------------------------------------------------------------

Status SimulatedFile::check_usable() const {
    if (life_ != disk_.life_ || inode_->broken) {
        return refuse(codes::disk_file_broken, inode_->first_path);
    }
    return {};
}

Result<Bytes> SimulatedFile::read_at(std::uint64_t offset, std::size_t size) const {
    if (const auto usable = check_usable(); !usable) return propagate(usable);
    return inode_->current.read(offset, size);
}

Status SimulatedFile::write_at(std::uint64_t offset, ByteView bytes) {
    if (const auto usable = check_usable(); !usable) return usable;
    const auto room = disk_.check_room(*inode_, offset + bytes.size());
    if (!room) return room;
    disk_.append(*inode_, {offset, to_bytes(bytes), std::nullopt});
    return {};
}

Status SimulatedFile::preallocate(std::uint64_t size) {
    if (const auto usable = check_usable(); !usable) return usable;
    if (size <= inode_->current.size()) return {};
    if (const auto room = disk_.check_room(*inode_, size); !room) return room;
    disk_.append(*inode_, {0, {}, size});
    return {};
}

Status SimulatedFile::truncate(std::uint64_t size) {
    if (const auto usable = check_usable(); !usable) return usable;
    if (const auto room = disk_.check_room(*inode_, size); !room) return room;
    disk_.append(*inode_, {0, {}, size});
    return {};
}

Status SimulatedFile::sync_up_to(std::uint64_t mark) {
    if (const auto usable = check_usable(); !usable) return usable;
    return disk_.sync_inode(*inode_, mark);
}

}  // namespace cityledger::sim
