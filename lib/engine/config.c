/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/config.h"

#include <string.h>
#include <unistd.h>

#define GROUP "domsh"
#define LOCK_WAIT_MS 10000
#define KEEP_DAYS 30

struct config {
	gint64 lock_wait_ms;
	int trash_keep_days;
	char *emulator;
	char *qemu_user;
	char *uri_default;
	GHashTable *aliases;
};

static void add_alias(struct config *c, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals && equals > text)
		g_hash_table_insert(c->aliases, g_strndup(text, equals - text),
				    g_strdup(equals + 1));
}

static void read_number(GKeyFile *file, const char *key, gint64 scale, gint64 *value)
{
	g_autoptr(GError) e = NULL;
	gint64 number = g_key_file_get_int64(file, GROUP, key, &e);

	if (!e && number >= 0 && number <= 1000000)
		*value = number * scale;
	else if (!g_error_matches(e, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND))
		g_message("ignoring the value of '%s'", key);
}

static void read_text(GKeyFile *file, const char *key, char **value)
{
	char *text = g_key_file_get_string(file, GROUP, key, NULL);

	if (!text)
		return;
	g_free(*value);
	*value = text;
}

static void warn_unknown(GKeyFile *file, const char *path)
{
	static const char *const known[] = { "uri-default", "uri-aliases",
					     "lock-wait", "trash-keep-days",
					     "emulator", "qemu-user", NULL };
	g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);

	for (guint i = 0; keys && keys[i]; i++)
		if (!g_strv_contains(known, keys[i]))
			g_message("%s: unknown key '%s'", path, keys[i]);
}

static void read_file(struct config *c, const char *path)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_auto(GStrv) aliases = NULL;
	gint64 days = c->trash_keep_days;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
		return;
	warn_unknown(file, path);
	read_number(file, "lock-wait", 1000, &c->lock_wait_ms);
	read_number(file, "trash-keep-days", 1, &days);
	c->trash_keep_days = days;
	read_text(file, "emulator", &c->emulator);
	read_text(file, "qemu-user", &c->qemu_user);
	read_text(file, "uri-default", &c->uri_default);
	aliases = g_key_file_get_string_list(file, GROUP, "uri-aliases", NULL, NULL);
	for (guint i = 0; aliases && aliases[i]; i++)
		add_alias(c, aliases[i]);
}

/* libvirt.conf: `uri_default = "…"` and `uri_aliases = [ "a=uri", … ]`, strings in double quotes. */
static void read_libvirt(struct config *c, const char *path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	bool in_aliases = false;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		char *line = g_strstrip(lines[i]);
		g_auto(GStrv) quoted = NULL;

		if (*line == '#')
			continue;
		quoted = g_strsplit(line, "\"", -1);
		if (g_str_has_prefix(line, "uri_default") && quoted[0] && quoted[1] &&
		    !c->uri_default)
			c->uri_default = g_strdup(quoted[1]);
		in_aliases |= g_str_has_prefix(line, "uri_aliases");
		for (guint k = 1; in_aliases && quoted[0] && quoted[k]; k += 2)
			add_alias(c, quoted[k]);
		if (strchr(line, ']'))
			in_aliases = false;
	}
}

struct config *config_load(void)
{
	struct config *c = g_new0(struct config, 1);
	g_autofree char *own = g_build_filename(g_get_user_config_dir(), "domsh", "domsh.conf", NULL);
	g_autofree char *libvirt =
		getuid() == 0 ? g_strdup("/etc/libvirt/libvirt.conf") :
				g_build_filename(g_get_user_config_dir(), "libvirt", "libvirt.conf",
						 NULL);

	c->lock_wait_ms = LOCK_WAIT_MS;
	c->trash_keep_days = KEEP_DAYS;
	c->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	read_file(c, "/etc/domsh/domsh.conf");
	read_file(c, own);
	read_libvirt(c, libvirt);
	return c;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	g_free(c->emulator);
	g_free(c->qemu_user);
	g_free(c->uri_default);
	g_hash_table_unref(c->aliases);
	g_free(c);
}

gint64 config_lock_wait_ms(const struct config *c)
{
	return c->lock_wait_ms;
}

int config_trash_keep_days(const struct config *c)
{
	return c->trash_keep_days;
}

const char *config_emulator(const struct config *c)
{
	return c->emulator;
}

const char *config_qemu_user(const struct config *c)
{
	return c->qemu_user;
}

const char *config_uri_default(const struct config *c)
{
	return c->uri_default;
}

const char *config_uri_alias(const struct config *c, const char *alias)
{
	return g_hash_table_lookup(c->aliases, alias);
}
