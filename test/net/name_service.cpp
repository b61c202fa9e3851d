#include "test/net/name_service.hpp"

namespace vdoc::test {

namespace {

struct resolver_object {
  GResolver parent;
  std::map<std::string, name_service::answers>* names;
};

GList* look_up(GResolver* self, const char* name, GResolverNameLookupFlags flags, GError** error) {
  auto& names = *reinterpret_cast<resolver_object*>(self)->names;
  const auto known = names.find(name);
  GList* found = nullptr;
  if (known != names.end()) {
    for (const std::string& text : known->second.front()) {
      const bool six = text.find(':') != std::string::npos;
      if (flags == G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT ||
          six == (flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY))
        found = g_list_append(found, g_inet_address_new_from_string(text.c_str()));
    }
    if (known->second.size() > 1 && flags != G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
      known->second.erase(known->second.begin());
  }
  if (found == nullptr)
    g_set_error(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name: %s", name);
  return found;
}

GList* look_up_now(GResolver* self, const char* name, GResolverNameLookupFlags flags,
                   GCancellable* /*cancel*/, GError** error) {
  return look_up(self, name, flags, error);
}

void look_up_later(GResolver* self, const char* name, GResolverNameLookupFlags flags,
                   GCancellable* cancel, GAsyncReadyCallback done, gpointer waiting) {
  GTask* task = g_task_new(self, cancel, done, waiting);
  GError* error = nullptr;
  if (GList* found = look_up(self, name, flags, &error))
    g_task_return_pointer(
        task, found, [](gpointer list) { g_resolver_free_addresses(static_cast<GList*>(list)); });
  else
    g_task_return_error(task, error);
  g_object_unref(task);
}

GList* look_up_done(GResolver* /*self*/, GAsyncResult* result, GError** error) {
  return static_cast<GList*>(g_task_propagate_pointer(G_TASK(result), error));
}

void look_up_any_later(GResolver* self, const char* name, GCancellable* cancel,
                       GAsyncReadyCallback done, gpointer waiting) {
  look_up_later(self, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancel, done, waiting);
}

void class_init(gpointer klass, gpointer /*unused*/) {
  auto* methods = static_cast<GResolverClass*>(klass);
  methods->lookup_by_name_with_flags = look_up_now;
  methods->lookup_by_name_with_flags_async = look_up_later;
  methods->lookup_by_name_with_flags_finish = look_up_done;
  methods->lookup_by_name_async = look_up_any_later;
  methods->lookup_by_name_finish = look_up_done;
}

GType resolver_type() {
  static const GType type =
      g_type_register_static_simple(G_TYPE_RESOLVER, "VdocTestResolver", sizeof(GResolverClass),
                                    class_init, sizeof(resolver_object), nullptr, GTypeFlags{});
  return type;
}

} // namespace

name_service::name_service(std::map<std::string, answers> names)
    : before_{g_resolver_get_default()}, mine_{static_cast<GResolver*>(
                                             g_object_new(resolver_type(), nullptr))} {
  reinterpret_cast<resolver_object*>(mine_)->names =
      new std::map<std::string, answers>{std::move(names)};
  g_resolver_set_default(mine_);
}

name_service::~name_service() {
  g_resolver_set_default(before_);
  delete reinterpret_cast<resolver_object*>(mine_)->names;
  g_object_unref(mine_);
  g_object_unref(before_);
}

} // namespace vdoc::test
