/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening: a URI becomes a root and a hypervisor. Only the test driver makes something on disk here. */
#include "engine/open.h"

#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "driver/qemu/hv.h"
#include "engine/config.h"
#include "engine/tie.h"

#define SYSTEM_ROOT "/var/lib/domsh/qemu"

static bool no_driver(const char *uri, GError **err)
{
	return fail(err, VIR_ERR_NO_CONNECT,
		    "URI '%s'; there are qemu:///session, qemu:///system, "
		    "qemu:///embed?root=DIR, test:///default and test:///path/FILE.xml",
		    uri);
}

static char *session_root(void)
{
	return g_build_filename(g_get_user_data_dir(), "domsh", "qemu", NULL);
}

/* "root=DIR" of "embed?root=DIR". */
static char *embed_root(const char *uri, GError **err)
{
	const char *query = strchr(uri, '?');
	g_autofree char *root = NULL;

	if (query && g_str_has_prefix(query, "?root="))
		root = g_uri_unescape_string(query + strlen("?root="), NULL);
	if (!root || !g_path_is_absolute(root)) {
		fail(err, VIR_ERR_INVALID_ARG,
		     "URI '%s' needs an absolute directory: qemu:///embed?root=DIR", uri);
		return NULL;
	}
	while (strlen(root) > 1 && g_str_has_suffix(root, "/"))
		root[strlen(root) - 1] = '\0';
	return g_steal_pointer(&root);
}

static char *qemu_root(const char *uri, GError **err)
{
	if (strcmp(uri, "qemu:///session") == 0)
		return session_root();
	if (strcmp(uri, "qemu:///system") == 0) {
		if (getuid() == 0)
			return g_strdup(SYSTEM_ROOT);
		fail(err, VIR_ERR_OPERATION_DENIED,
		     "qemu:///system needs root: use sudo, or -c qemu:///session");
		return NULL;
	}
	if (g_str_has_prefix(uri, "qemu:///embed"))
		return embed_root(uri, err);
	no_driver(uri, err);
	return NULL;
}

static bool open_qemu(struct engine *e, GError **err)
{
	struct qemu_options options = { 0 };

	e->root = qemu_root(e->uri, err);
	if (!e->root)
		return false;
	options.emulator = config_emulator(e->config);
	options.user = config_qemu_user(e->config);
	options.cache_dir = e->root;
	e->hv = qemu_hv_open(&options, err);
	return e->hv != NULL;
}

static const struct {
	const char *scheme;
	bool (*open)(struct engine *e, GError **err);
} drivers[] = {
	{ "qemu:", open_qemu },
	{ "test:", open_test },
};

static bool open_driver(struct engine *e, GError **err)
{
	for (guint i = 0; i < G_N_ELEMENTS(drivers); i++)
		if (g_str_has_prefix(e->uri, drivers[i].scheme))
			return drivers[i].open(e, err);
	return no_driver(e->uri, err);
}

static const char *resolve(const struct config *config, const char *uri)
{
	const char *alias;

	if (!uri || !*uri)
		uri = config_uri_default(config);
	if (!uri)
		return getuid() == 0 ? "qemu:///system" : "qemu:///session";
	alias = config_uri_alias(config, uri);
	return alias ? alias : uri;
}

static struct engine *engine_new(const char *command)
{
	struct engine *e = g_new0(struct engine, 1);

	e->config = config_load();
	e->command = g_strdup(command ? command : "domsh");
	g_mutex_init(&e->ties_mutex);
	pthread_mutex_init(&e->reader_mutex, NULL);
	e->ties = tie_list();
	return e;
}

struct engine *engine_open(const char *uri, const char *command, GError **err)
{
	g_autoptr(engine) e = engine_new(command);

	e->uri = g_strdup(resolve(e->config, uri));
	return open_driver(e, err) ? g_steal_pointer(&e) : NULL;
}

struct engine *engine_open_with(const char *root, struct hv *take_hv, const char *command,
				GError **err)
{
	struct engine *e = engine_new(command);

	(void)err;
	e->uri = g_strconcat("qemu:///embed?root=", root, NULL);
	e->root = g_strdup(root);
	e->hv = take_hv;
	return e;
}

void engine_set_watch(struct engine *e, const struct watch *watch)
{
	e->watch = *watch;
}

void engine_close(struct engine *e)
{
	if (!e)
		return;
	tie_release(e);
	g_ptr_array_unref(e->ties);
	g_mutex_clear(&e->ties_mutex);
	store_close(e->reader);
	pthread_mutex_destroy(&e->reader_mutex);
	if (e->hv && e->hv->ops->close)
		e->hv->ops->close(e->hv);
	config_free(e->config);
	g_free(e->uri);
	g_free(e->root);
	g_free(e->command);
	g_free(e);
}

const char *engine_uri(const struct engine *e)
{
	return e->uri;
}

const char *engine_type(const struct engine *e)
{
	return e->hv->ops->name;
}

const char *engine_root(const struct engine *e)
{
	return e->root;
}
