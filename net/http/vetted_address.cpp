#include "net/http/vetted_address.hpp"

#include "net/http/address_rules.hpp"
#include "net/http/fetch_error.hpp"

#include <algorithm>

// Two GObject classes: a GNetworkAddress whose enumerator filters. The TLS code of GLib takes the
// name to verify from a GNetworkAddress, so deriving from it is what keeps certificates checked
// against the name while the connection goes to the vetted address.

namespace vdoc::net {

namespace {

/// Shared between the address and its enumerators, which may outlive each other.
struct verdicts {
  open_networks networks;
  bool any_allowed = false;
  std::string refused;
};

struct address_object {
  GNetworkAddress parent;
  std::shared_ptr<verdicts>* notes;
};
struct address_class {
  GNetworkAddressClass parent;
};

struct enumerator_object {
  GSocketAddressEnumerator parent;
  GSocketAddressEnumerator* inner;
  std::shared_ptr<verdicts>* notes;
  bool any_allowed;
};
struct enumerator_class {
  GSocketAddressEnumeratorClass parent;
};

GSocketConnectableIface* plain_address = nullptr;
gpointer enumerator_parent = nullptr;
gpointer address_parent = nullptr;

std::string text_of(GSocketAddress* address) {
  if (!G_IS_INET_SOCKET_ADDRESS(address))
    return "a local socket";
  char* text =
      g_inet_address_to_string(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
  std::string copy{text};
  g_free(text);
  return copy;
}

/// Takes the address; gives it back if it may be used.
GSocketAddress* vet(enumerator_object& self, GSocketAddress* address) {
  verdicts& notes = **self.notes;
  if (notes.networks.admits(address)) {
    self.any_allowed = notes.any_allowed = true;
    return address;
  }
  notes.refused = text_of(address);
  g_object_unref(address);
  return nullptr;
}

/// The end of the list. GSocketClient aborts the process when a list ends without any address and
/// without an error.
void end_of_list(const enumerator_object& self, GError** error) {
  if (!self.any_allowed)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "no address is allowed");
}

GSocketAddress* next_now(GSocketAddressEnumerator* from, GCancellable* cancel, GError** error) {
  auto* self = reinterpret_cast<enumerator_object*>(from);
  GError* wrong = nullptr;
  while (auto* address = g_socket_address_enumerator_next(self->inner, cancel, &wrong))
    if (auto* allowed = vet(*self, address))
      return allowed;
  if (wrong != nullptr)
    g_propagate_error(error, wrong);
  else
    end_of_list(*self, error);
  return nullptr;
}

void ask_inner(GTask* task);

void inner_answered(GObject* inner, GAsyncResult* result, gpointer waiting) {
  auto* task = static_cast<GTask*>(waiting);
  auto* self = static_cast<enumerator_object*>(g_task_get_source_object(task));
  GError* error = nullptr;
  auto* address = g_socket_address_enumerator_next_finish(
      reinterpret_cast<GSocketAddressEnumerator*>(inner), result, &error);
  if (address != nullptr) {
    address = vet(*self, address);
    if (address == nullptr) {
      ask_inner(task);
      return;
    }
  } else if (error == nullptr) {
    end_of_list(*self, &error);
  }
  if (error != nullptr)
    g_task_return_error(task, error);
  else
    g_task_return_pointer(task, address, g_object_unref);
  g_object_unref(task);
}

void ask_inner(GTask* task) {
  auto* self = static_cast<enumerator_object*>(g_task_get_source_object(task));
  g_socket_address_enumerator_next_async(self->inner, g_task_get_cancellable(task), inner_answered,
                                         task);
}

void next_later(GSocketAddressEnumerator* from, GCancellable* cancel, GAsyncReadyCallback done,
                gpointer waiting) {
  ask_inner(g_task_new(from, cancel, done, waiting));
}

GSocketAddress* next_done(GSocketAddressEnumerator* /*from*/, GAsyncResult* result,
                          GError** error) {
  return static_cast<GSocketAddress*>(g_task_propagate_pointer(G_TASK(result), error));
}

void enumerator_finalize(GObject* object) {
  auto* self = reinterpret_cast<enumerator_object*>(object);
  g_object_unref(self->inner);
  delete self->notes;
  G_OBJECT_CLASS(enumerator_parent)->finalize(object);
}

void enumerator_class_init(gpointer klass, gpointer /*unused*/) {
  enumerator_parent = g_type_class_peek_parent(klass);
  auto* methods = static_cast<GSocketAddressEnumeratorClass*>(klass);
  methods->next = next_now;
  methods->next_async = next_later;
  methods->next_finish = next_done;
  static_cast<GObjectClass*>(klass)->finalize = enumerator_finalize;
}

GType enumerator_type() {
  static const GType type = g_type_register_static_simple(
      G_TYPE_SOCKET_ADDRESS_ENUMERATOR, "VdocVettedAddressEnumerator", sizeof(enumerator_class),
      enumerator_class_init, sizeof(enumerator_object), nullptr, GTypeFlags{});
  return type;
}

GSocketAddressEnumerator* enumerate(GSocketConnectable* from) {
  auto* self = reinterpret_cast<address_object*>(from);
  auto* made = static_cast<enumerator_object*>(g_object_new(enumerator_type(), nullptr));
  made->inner = plain_address->enumerate(from);
  made->notes = new std::shared_ptr<verdicts>{*self->notes};
  return &made->parent;
}

void connectable_init(gpointer iface, gpointer /*unused*/) {
  plain_address = static_cast<GSocketConnectableIface*>(g_type_interface_peek_parent(iface));
  static_cast<GSocketConnectableIface*>(iface)->enumerate = enumerate;
}

void address_finalize(GObject* object) {
  delete reinterpret_cast<address_object*>(object)->notes;
  G_OBJECT_CLASS(address_parent)->finalize(object);
}

void address_class_init(gpointer klass, gpointer /*unused*/) {
  address_parent = g_type_class_peek_parent(klass);
  static_cast<GObjectClass*>(klass)->finalize = address_finalize;
}

GType register_address() {
  const GType type = g_type_register_static_simple(G_TYPE_NETWORK_ADDRESS, "VdocVettedAddress",
                                                   sizeof(address_class), address_class_init,
                                                   sizeof(address_object), nullptr, GTypeFlags{});
  const GInterfaceInfo connectable{connectable_init, nullptr, nullptr};
  g_type_add_interface_static(type, G_TYPE_SOCKET_CONNECTABLE, &connectable);
  return type;
}

GType address_type() {
  static const GType type = register_address();
  return type;
}

verdicts& notes_of(GSocketConnectable* object) {
  return **reinterpret_cast<address_object*>(object)->notes;
}

} // namespace

open_networks::open_networks(bool all, const std::vector<std::string>& networks) : all_{all} {
  for (const std::string& network : networks) {
    auto* mask = g_inet_address_mask_new_from_string(network.c_str(), nullptr);
    if (mask == nullptr)
      throw fetch_error{at_fault::user, network + " is no network", "write 10.1.2.0/24"};
    networks_.emplace_back(mask, g_object_unref);
  }
}

bool open_networks::admits(GSocketAddress* address) const {
  if (!G_IS_INET_SOCKET_ADDRESS(address))
    return false;
  auto* inet = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address));
  const auto holds = [&](const auto& network) {
    return g_inet_address_mask_matches(network.get(), inet) != FALSE;
  };
  return all_ || std::ranges::any_of(networks_, holds) ||
         is_public_address({g_inet_address_to_bytes(inet), g_inet_address_get_native_size(inet)});
}

vetted_address::vetted_address(const std::string& host, std::uint16_t port, open_networks networks)
    : object_{static_cast<GSocketConnectable*>(
          g_object_new(address_type(), "hostname", host.c_str(), "port", guint{port}, nullptr))} {
  reinterpret_cast<address_object*>(object_)->notes = new std::shared_ptr<verdicts>{
      std::make_shared<verdicts>(verdicts{std::move(networks), false, {}})};
}

vetted_address::~vetted_address() {
  g_object_unref(object_);
}

GSocketConnectable* vetted_address::connectable() const noexcept {
  return object_;
}

std::string vetted_address::refused() const {
  return notes_of(object_).refused;
}

bool vetted_address::any_allowed() const noexcept {
  return notes_of(object_).any_allowed;
}

} // namespace vdoc::net
