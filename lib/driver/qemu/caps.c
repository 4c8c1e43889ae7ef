/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/caps.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/argv.h"
#include "driver/qemu/child.h"
#include "driver/qemu/qmp.h"

#define PROBE_MS 10000
#define MACHINES_MAX 500
#define MODELS_MAX 1000

/* Answers that the driver asks for. */
static const char *const commands[] = {"snapshot-save", "snapshot-load", "snapshot-delete",
				       "set-action", "display-update"};

struct caps_cache {
	GMutex mutex;     /* guards `known` */
	/* key text → json_object {v, key, machines{name: versioned}, has{}, vcpus{versioned: most},
	 * cpus[models]} */
	GHashTable *known;
	char *dir;
};

static void put_json(void *data)
{
	json_object_put(data);
}

struct caps_cache *caps_new(const char *cache_dir)
{
	struct caps_cache *c = g_new0(struct caps_cache, 1);

	g_mutex_init(&c->mutex);
	c->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, put_json);
	c->dir = g_strdup(cache_dir);
	return c;
}

void caps_free(struct caps_cache *c)
{
	if (!c)
		return;
	g_mutex_clear(&c->mutex);
	g_hash_table_unref(c->known);
	g_free(c->dir);
	g_free(c);
}

/* ---- Asking QEMU ---- */

static json_object *read_machines(json_object *list)
{
	json_object *machines = json_object_new_object();
	size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < MIN(n, MACHINES_MAX); i++) {
		json_object *item = json_object_array_get_idx(list, i);
		const char *name, *alias;

		if (!json_get_string(item, "name", &name) || !argv_is_word(name))
			continue;
		json_set_string(machines, name, name);
		if (json_get_string(item, "alias", &alias) && argv_is_word(alias))
			json_set_string(machines, alias, name);
	}
	return machines;
}

static json_object *read_vcpus(json_object *list)
{
	json_object *vcpus = json_object_new_object();
	size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < MIN(n, MACHINES_MAX); i++) {
		json_object *item = json_object_array_get_idx(list, i);
		const char *name;
		gint64 most;

		if (json_get_string(item, "name", &name) && json_get_int(item, "cpu-max", &most))
			json_set_int(vcpus, name, most);
	}
	return vcpus;
}

static json_object *read_models(json_object *list)
{
	json_object *models = json_object_new_array();
	size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < MIN(n, MODELS_MAX); i++) {
		const char *name;

		if (json_get_string(json_object_array_get_idx(list, i), "name", &name) &&
		    argv_is_word(name))
			json_object_array_add(models, json_object_new_string(name));
	}
	return models;
}

static json_object *read_commands(json_object *list)
{
	json_object *has = json_object_new_object();
	size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t k = 0; k < G_N_ELEMENTS(commands); k++)
		json_set_bool(has, commands[k], false);
	for (size_t i = 0; i < n; i++) {
		const char *name;

		if (!json_get_string(json_object_array_get_idx(list, i), "name", &name))
			continue;
		for (size_t k = 0; k < G_N_ELEMENTS(commands); k++)
			if (strcmp(name, commands[k]) == 0)
				json_set_bool(has, name, true);
	}
	return has;
}

static json_object *ask(struct qmp *q, const char *key)
{
	g_autoptr(json_object) machines = NULL;
	g_autoptr(json_object) models = NULL;
	g_autoptr(json_object) list = NULL;
	json_object *caps;

	if (!qmp_call_fd(q, "query-machines", NULL, -1, PROBE_MS, &machines, NULL) ||
	    !qmp_call_fd(q, "query-cpu-definitions", NULL, -1, PROBE_MS, &models, NULL) ||
	    !qmp_call_fd(q, "query-commands", NULL, -1, PROBE_MS, &list, NULL))
		return NULL;
	caps = json_object_new_object();
	json_set_int(caps, "v", 1);
	json_set_string(caps, "key", key);
	json_object_object_add(caps, "machines", read_machines(machines));
	json_object_object_add(caps, "has", read_commands(list));
	json_object_object_add(caps, "vcpus", read_vcpus(machines));
	json_object_object_add(caps, "cpus", read_models(models));
	return caps;
}

/* A QEMU without a machine, its monitor at a socket pair. NULL: it cannot be asked. */
static json_object *probe(const char *emulator, const char *key)
{
	const char *const argv[] = {emulator, "-S", "-no-user-config", "-nodefaults", "-display",
				    "none", "-machine", "none", "-chardev", "socket,id=m,fd=3",
				    "-mon", "chardev=m,mode=control", NULL};
	struct child c = {.path = emulator, .argv = argv, .n_fds = 4, .is_limited = true};
	auto_close int theirs = -1;
	g_autoptr(qmp_client) q = NULL;
	json_object *caps;
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return NULL;
	q = qmp_new(pair[0]);
	theirs = pair[1];
	c.fds = (const int[]){-1, -1, -1, theirs};
	pid = child_start(&c, NULL);
	close_fd(&theirs);
	if (pid < 0)
		return NULL;
	caps = ask(q, key);
	/* It has nothing to lose, and might not hear a "quit". Not reaped yet: the number is its own. */
	kill(pid, SIGKILL);
	child_wait(pid);
	return caps;
}

/* ---- The file ---- */

/* What tells one binary from another, as one line. NULL: there is none. */
static char *key_of(const char *emulator)
{
	g_autofree char *path = realpath(emulator, NULL);
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return NULL;
	return g_strdup_printf("%s %llu %lld %lld.%09ld", path, (unsigned long long)st.st_ino,
			       (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			       st.st_mtim.tv_nsec);
}

static char *file_of(const char *key)
{
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);

	return g_strdup_printf("qemu-%.16s", sum);
}

static int open_cache(const struct caps_cache *c, bool make)
{
	g_autofree char *parent = NULL;
	g_autofree char *name = NULL;
	auto_close int parent_fd = -1;
	int fd;

	if (!c->dir)
		return -1;
	fd = open_dir_at(AT_FDCWD, c->dir);
	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	parent = g_path_get_dirname(c->dir);
	name = g_path_get_basename(c->dir);
	parent_fd = open_dir_at(AT_FDCWD, parent);
	if (parent_fd < 0 || sys_mkdirat(parent_fd, name) < 0)
		return -1;
	return open_dir_at(parent_fd, name);
}

static json_object *load(const struct caps_cache *c, const char *key)
{
	auto_close int dir = open_cache(c, false);
	g_autofree char *file = file_of(key);
	g_autoptr(json_object) caps = NULL;
	json_object *part;
	const char *found;

	if (dir < 0)
		return NULL;
	caps = json_read_file(dir, file, NULL);
	if (!caps || !json_get_string(caps, "key", &found) || strcmp(found, key) != 0 ||
	    !json_get_object(caps, "machines", &part) || !json_get_object(caps, "has", &part) ||
	    !json_get_object(caps, "vcpus", &part) || !json_get_array(caps, "cpus", &part))
		return NULL;
	return g_steal_pointer(&caps);
}

/* A cache that cannot be written is none. */
static void store(const struct caps_cache *c, const char *key, json_object *caps)
{
	auto_close int dir = open_cache(c, true);
	g_autofree char *file = file_of(key);
	const char *text = json_object_to_json_string_ext(caps, JSON_C_TO_STRING_PLAIN);

	if (dir >= 0)
		sys_replace_file_volatile(dir, file, text, strlen(text), NULL);
}

/* ---- Answers ---- */

/* With the mutex held; owned by the cache. */
static json_object *find(struct caps_cache *c, const char *emulator)
{
	g_autofree char *key = key_of(emulator);
	json_object *caps;

	if (!key)
		return NULL;
	caps = g_hash_table_lookup(c->known, key);
	if (caps)
		return caps;
	caps = load(c, key);
	if (!caps) {
		caps = probe(emulator, key);
		if (caps)
			store(c, key, caps);
	}
	if (caps)
		g_hash_table_insert(c->known, g_steal_pointer(&key), caps);
	return caps;
}

char *caps_machine(struct caps_cache *c, const char *emulator, const char *name)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&c->mutex);
	json_object *caps = find(c, emulator);
	json_object *machines;
	const char *machine;

	(void)locker;
	if (!caps || !json_get_object(caps, "machines", &machines) ||
	    !json_get_string(machines, name, &machine) || !argv_is_word(machine))
		return NULL;
	return g_strdup(machine);
}

bool caps_has(struct caps_cache *c, const char *emulator, const char *command)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&c->mutex);
	json_object *caps = find(c, emulator);
	json_object *has;
	bool is_there;

	(void)locker;
	return caps && json_get_object(caps, "has", &has) &&
	       json_get_bool(has, command, &is_there) && is_there;
}

static void machine_free(void *data)
{
	struct hv_machine *m = data;

	g_free(m->name);
	g_free(m->alias);
	g_free(m);
}

/* Versioned ones that we can start, each with its alias, in the order of QEMU. */
static GPtrArray *list_machines(json_object *names, json_object *vcpus)
{
	GPtrArray *machines = g_ptr_array_new_with_free_func(machine_free);
	g_autoptr(GHashTable) aliases = g_hash_table_new(g_str_hash, g_str_equal);
	enum chipset chipset;

	json_object_object_foreach(names, alias, value) {
		const char *name = json_object_get_string(value);

		if (name && strcmp(name, alias) != 0)
			g_hash_table_insert(aliases, (gpointer)name, (gpointer)alias);
	}
	json_object_object_foreach(vcpus, name, most) {
		struct hv_machine *m;

		if (!chipset_of(name, &chipset))
			continue;
		m = g_new0(struct hv_machine, 1);
		m->name = g_strdup(name);
		m->alias = g_strdup(g_hash_table_lookup(aliases, name));
		m->max_vcpus = (unsigned int)json_object_get_int(most);
		g_ptr_array_add(machines, m);
	}
	return machines;
}

bool caps_probe(struct caps_cache *c, const char *emulator, struct hv_probe *ret, GError **err)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&c->mutex);
	json_object *caps = find(c, emulator);
	json_object *machines, *vcpus, *cpus;
	size_t n;

	(void)locker;
	if (!caps || !json_get_object(caps, "machines", &machines) ||
	    !json_get_object(caps, "vcpus", &vcpus) || !json_get_array(caps, "cpus", &cpus))
		return fail(err, VIR_ERR_OPERATION_FAILED, "the emulator '%s' cannot be asked",
			    emulator);
	n = json_object_array_length(cpus);
	ret->machines = list_machines(machines, vcpus);
	ret->cpu_models = g_new0(char *, n + 1);
	for (size_t i = 0; i < n; i++)
		ret->cpu_models[i] =
			g_strdup(json_object_get_string(json_object_array_get_idx(cpus, i)));
	return true;
}
