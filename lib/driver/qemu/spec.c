/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/spec.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"

#define PASSWD_BUFFER 16384
#define GROUPS_MAX 1024
#define LIST_MAX 4096 /* elements of one list in a file that is at most 64 KiB */

static void file_free(void *data)
{
	struct spec_file *file = data;

	g_free(file->path);
	g_free(file);
}

struct spec *spec_new(void)
{
	struct spec *s = g_new0(struct spec, 1);

	s->sockets = g_ptr_array_new_with_free_func(g_free);
	s->files = g_ptr_array_new_with_free_func(file_free);
	s->paths = g_ptr_array_new_with_free_func(file_free);
	s->user.groups = g_array_new(FALSE, FALSE, sizeof(unsigned int));
	return s;
}

void spec_free(struct spec *s)
{
	if (!s)
		return;
	g_free(s->run_id);
	g_free(s->name);
	g_free(s->uuid);
	g_strfreev(s->argv);
	g_strfreev(s->env);
	g_ptr_array_unref(s->sockets);
	g_ptr_array_unref(s->files);
	g_free(s->agent);
	g_free(s->agent_chardev);
	g_ptr_array_unref(s->paths);
	g_free(s->user.name);
	g_array_unref(s->user.groups);
	g_free(s->on_poweroff);
	g_free(s->on_reboot);
	g_free(s->on_crash);
	g_free(s);
}

int spec_socket_fd(guint i)
{
	return QEMU_FD_FIRST + (int)i;
}

int spec_file_fd(const struct spec *s, guint i)
{
	return QEMU_FD_FIRST + (int)s->sockets->len + (int)i;
}

static struct spec_file *add_file(GPtrArray *files, const char *path, bool is_writable)
{
	struct spec_file *file = g_new0(struct spec_file, 1);

	file->path = g_strdup(path);
	file->is_writable = is_writable;
	g_ptr_array_add(files, file);
	return file;
}

void spec_add_file(struct spec *s, const char *path, bool is_writable)
{
	add_file(s->files, path, is_writable);
}

void spec_add_path(struct spec *s, const char *path, bool is_writable)
{
	add_file(s->paths, path, is_writable);
}

void spec_add_made_path(struct spec *s, const char *path)
{
	add_file(s->paths, path, true)->is_made = true;
}

bool spec_set_user(struct spec *s, const char *name, GError **err)
{
	char buffer[PASSWD_BUFFER];
	struct passwd user, *found = NULL;
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (getpwnam_r(name, &user, buffer, sizeof(buffer), &found) != 0 || !found)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "qemu-user: this host has no user '%s'", name);
	if (getgrouplist(name, user.pw_gid, groups, &n) < 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "qemu-user: '%s' is in more than %d groups", name, GROUPS_MAX);
	s->user.name = g_strdup(name);
	s->user.uid = user.pw_uid;
	s->user.gid = user.pw_gid;
	g_array_append_vals(s->user.groups, groups, (guint)n);
	return true;
}

/* ---- Writing ---- */

static json_object *strings_json(char *const *strings, size_t n)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_string(strings[i]));
	return array;
}

static json_object *files_json(const GPtrArray *files)
{
	json_object *array = json_object_new_array();

	for (guint i = 0; i < files->len; i++) {
		const struct spec_file *file = g_ptr_array_index(files, i);
		json_object *item = json_object_new_object();

		json_set_string(item, "path", file->path);
		json_set_bool(item, "writable", file->is_writable);
		json_set_bool(item, "made", file->is_made);
		json_object_array_add(array, item);
	}
	return array;
}

static json_object *user_json(const struct spec_user *user)
{
	json_object *obj = json_object_new_object();
	json_object *groups = json_object_new_array();

	for (guint i = 0; i < user->groups->len; i++)
		json_object_array_add(groups, json_object_new_int64(
						      g_array_index(user->groups, unsigned int, i)));
	json_set_string(obj, "name", user->name);
	json_set_int(obj, "uid", user->uid);
	json_set_int(obj, "gid", user->gid);
	json_object_object_add(obj, "groups", groups);
	return obj;
}

bool spec_write(const struct spec *s, int run_fd, GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();
	const char *text;

	json_set_int(obj, "v", 1);
	json_set_string(obj, "name", s->name);
	json_set_string(obj, "uuid", s->uuid);
	json_set_int(obj, "id", s->id);
	json_set_string(obj, "run_id", s->run_id);
	json_set_bool(obj, "incoming", s->incoming);
	json_object_object_add(obj, "argv", strings_json(s->argv, g_strv_length(s->argv)));
	json_object_object_add(obj, "env", strings_json(s->env, g_strv_length(s->env)));
	json_object_object_add(obj, "sockets",
			       strings_json((char *const *)s->sockets->pdata, s->sockets->len));
	json_object_object_add(obj, "files", files_json(s->files));
	json_set_string(obj, "agent", s->agent);
	json_set_string(obj, "agent_chardev", s->agent_chardev);
	json_object_object_add(obj, "paths", files_json(s->paths));
	if (s->user.name)
		json_object_object_add(obj, "user", user_json(&s->user));
	json_set_string(obj, "on_poweroff", s->on_poweroff);
	json_set_string(obj, "on_reboot", s->on_reboot);
	json_set_string(obj, "on_crash", s->on_crash);
	text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	if (strlen(text) > JSON_FILE_MAX)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "the command line for '%s' is longer than %d bytes", s->name,
			    JSON_FILE_MAX);
	return sys_replace_file_volatile(run_fd, SPEC_FILE, text, strlen(text), err);
}

/* ---- Reading ---- */

static bool read_strings(json_object *obj, const char *key, GPtrArray *strings)
{
	json_object *array;

	if (!json_get_array(obj, key, &array) || json_object_array_length(array) > LIST_MAX)
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		json_object *item = json_object_array_get_idx(array, i);

		if (!json_object_is_type(item, json_type_string))
			return false;
		g_ptr_array_add(strings, g_strdup(json_object_get_string(item)));
	}
	return true;
}

static bool read_strv(json_object *obj, const char *key, char ***ret_strv)
{
	g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);

	if (!read_strings(obj, key, strings))
		return false;
	g_ptr_array_add(strings, NULL);
	*ret_strv = (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
	return true;
}

/* A running guest's file may be of an earlier version, which knew no `paths`. */
static bool read_files(json_object *obj, const char *key, GPtrArray *files)
{
	json_object *array;

	if (!json_object_object_get_ex(obj, key, NULL))
		return true;
	if (!json_get_array(obj, key, &array) || json_object_array_length(array) > LIST_MAX)
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		json_object *item = json_object_array_get_idx(array, i);
		const char *path;
		bool is_writable, is_made = false;

		json_get_bool(item, "made", &is_made);
		if (!json_object_is_type(item, json_type_object) ||
		    !json_get_string(item, "path", &path) ||
		    !json_get_bool(item, "writable", &is_writable))
			return false;
		add_file(files, path, is_writable)->is_made = is_made;
	}
	return true;
}

static bool read_number(json_object *obj, const char *key, unsigned int *ret_number)
{
	gint64 number;

	if (!json_get_int(obj, key, &number) || number < 0 || number >= G_MAXUINT32)
		return false;
	*ret_number = (unsigned int)number;
	return true;
}

/* True when there is none: QEMU runs as who starts it. */
static bool read_user(json_object *obj, struct spec_user *user)
{
	json_object *part, *groups;
	const char *name;

	if (!json_object_object_get_ex(obj, "user", NULL))
		return true;
	if (!json_get_object(obj, "user", &part) || !json_get_string(part, "name", &name) ||
	    !read_number(part, "uid", &user->uid) || !read_number(part, "gid", &user->gid) ||
	    !json_get_array(part, "groups", &groups) ||
	    json_object_array_length(groups) > GROUPS_MAX)
		return false;
	for (size_t i = 0; i < json_object_array_length(groups); i++) {
		unsigned int group = (unsigned int)json_object_get_int64(
			json_object_array_get_idx(groups, i));

		g_array_append_val(user->groups, group);
	}
	user->name = g_strdup(name);
	return true;
}

static bool read_text(json_object *obj, const char *key, char **ret_text)
{
	const char *text;

	if (!json_get_string(obj, key, &text))
		return false;
	*ret_text = g_strdup(text);
	return true;
}

static bool read_all(json_object *obj, struct spec *s)
{
	gint64 id;

	if (!json_get_int(obj, "id", &id) || id < 0 || id > G_MAXINT)
		return false;
	s->id = (int)id;
	read_text(obj, "agent", &s->agent);
	read_text(obj, "agent_chardev", &s->agent_chardev);
	read_text(obj, "on_poweroff", &s->on_poweroff);
	read_text(obj, "on_reboot", &s->on_reboot);
	read_text(obj, "on_crash", &s->on_crash);
	return read_text(obj, "name", &s->name) && read_text(obj, "uuid", &s->uuid) &&
	       read_text(obj, "run_id", &s->run_id) &&
	       json_get_bool(obj, "incoming", &s->incoming) &&
	       read_strv(obj, "argv", &s->argv) && s->argv[0] && s->argv[0][0] == '/' &&
	       read_strv(obj, "env", &s->env) && read_strings(obj, "sockets", s->sockets) &&
	       read_files(obj, "files", s->files) && read_files(obj, "paths", s->paths) &&
	       read_user(obj, &s->user);
}

struct spec *spec_read(int run_fd, GError **err)
{
	g_autoptr(json_object) obj = json_read_file(run_fd, SPEC_FILE, err);
	g_autoptr(guest_spec) s = NULL;

	if (!obj)
		return NULL;
	s = spec_new();
	if (!read_all(obj, s)) {
		fail(err, VIR_ERR_INTERNAL_ERROR, "the file '%s' of the run directory is damaged",
		     SPEC_FILE);
		return NULL;
	}
	return g_steal_pointer(&s);
}
