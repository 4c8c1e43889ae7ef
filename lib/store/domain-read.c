/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

void domain_state_clear(struct domain_state *state)
{
	run_state_clear(&state->run);
	memset(state, 0, sizeof(*state));
}

bool domain_has_old(struct domain_dir *dd)
{
	return exists_at(dd->fd, "old") != 0;
}

static bool fail_fact(const struct domain_dir *dd, const char *file, GError **err)
{
	return fail_os(err, errno, "look at '%s' of domain '%s'", file, dir_label(dd));
}

bool domain_has_file(struct domain_dir *dd, const char *file, bool *ret_has, GError **err)
{
	int rc = exists_at(dd->fd, file);

	if (rc < 0)
		return fail_fact(dd, file, err);
	*ret_has = rc > 0;
	return true;
}

static bool read_held(struct domain_dir *dd, const char *file, bool *ret_is_held, GError **err)
{
	enum lock_probe probe = lock_probe(dd->fd, file);

	if (probe == LOCK_UNKNOWN)
		return fail_fact(dd, file, err);
	*ret_is_held = probe == LOCK_HELD;
	return true;
}

/* A state that cannot be read, or of a host without an id, counts as ours. */
static void read_run_state(int dirfd, const char *path, struct domain_state *s)
{
	const char *here = host_machine_id();

	s->has_run_state = run_state_read_at(dirfd, path, &s->run, NULL);
	s->is_foreign_run = s->has_run_state && s->run.machine_id && *s->run.machine_id && *here &&
			    strcmp(s->run.machine_id, here) != 0;
}

static bool read_image(struct domain_dir *dd, struct domain_state *s, GError **err)
{
	struct stat st;

	if (fstatat(dd->fd, "managed-save", &st, AT_SYMLINK_NOFOLLOW) == 0) {
		s->has_managed_save = true;
		s->managed_save_size = st.st_size;
		s->managed_save_time = st.st_mtime;
		return true;
	}
	return errno == ENOENT || fail_fact(dd, "managed-save", err);
}

/* A record is a file that ends in .xml; our own unfinished ones end in '~'. */
static bool count_records(struct domain_dir *dd, const char *dir, unsigned int *ret_n, GError **err)
{
	g_autoptr(GPtrArray) names = dir_names(dd->fd, dir);
	unsigned int n = 0;

	if (!names && errno != ENOENT)
		return fail_fact(dd, dir, err);
	for (guint i = 0; names && i < names->len; i++)
		n += g_str_has_suffix(names->pdata[i], ".xml");
	*ret_n = n;
	return true;
}

bool domain_has_records(struct domain_dir *dd, const char *dir, bool *ret_has, GError **err)
{
	unsigned int n;

	if (!count_records(dd, dir, &n, err))
		return false;
	*ret_has = n > 0;
	return true;
}

static bool read_flags(struct domain_dir *dd, struct domain_state *s, GError **err)
{
	const struct {
		const char *file;
		bool *fact;
	} files[] = {
		{ DOMAIN_XML, &s->has_config },
		{ UNDEFINED_XML, &s->has_undefined },
		{ "autostart", &s->is_autostart },
		{ "protected", &s->is_protected },
		{ "intent", &s->has_intent },
		{ "nvram.fd", &s->has_nvram },
		{ "tpm", &s->has_tpm },
		{ "run", &s->has_run },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		if (!domain_has_file(dd, files[i].file, files[i].fact, err))
			return false;
	}
	/* An undefined domain is not started at boot; the mark waits for its being taken back. */
	s->is_autostart &= s->has_config;
	return true;
}

bool domain_read_state(struct domain_dir *dd, struct domain_state *ret_state, GError **err)
{
	struct domain_state s = { 0 };

	if (!read_flags(dd, &s, err) || !read_image(dd, &s, err) ||
	    !count_records(dd, "snapshots", &s.n_snapshots, err) ||
	    !count_records(dd, "checkpoints", &s.n_checkpoints, err) ||
	    !read_held(dd, "run/alive", &s.is_alive, err) ||
	    !read_held(dd, "run/guard", &s.is_supervised, err))
		return false;
	if (s.has_run)
		read_run_state(dd->fd, RUN_STATE, &s);
	*ret_state = s;
	return true;
}

/* What decides between garbage and unclear; looked at only where there is neither a config nor a
 * guest, so that listing stays cheap. */
static bool read_doubts(struct domain_dir *dd, struct domain_state *s, GError **err)
{
	if (!read_image(dd, s, err) || !domain_has_file(dd, "intent", &s->has_intent, err))
		return false;
	read_run_state(dd->fd, RUN_STATE, s);
	return true;
}

bool domain_read_brief(struct domain_dir *dd, struct domain_state *ret_state, GError **err)
{
	struct domain_state s = { 0 };

	if (!domain_has_file(dd, DOMAIN_XML, &s.has_config, err) ||
	    !read_held(dd, "run/alive", &s.is_alive, err))
		return false;
	if (s.is_alive)
		read_run_state(dd->fd, RUN_STATE, &s);
	else if (!s.has_config && !read_doubts(dd, &s, err))
		return false;
	*ret_state = s;
	return true;
}

/* What is there of one that is defined, by paths. False: whatever else there is needs the longer
 * look. */
static bool read_defined(struct store *st, const char *name, struct domain_state *s)
{
	g_autofree char *escaped = name_escape(name);
	g_autofree char *config = g_strconcat(escaped, "/" DOMAIN_XML, NULL);
	g_autofree char *alive = g_strconcat(escaped, "/run/alive", NULL);
	enum lock_probe probe;

	if (st->domains < 0 || strchr(name, '/') || exists_at(st->domains, config) != 1)
		return false;
	probe = lock_probe(st->domains, alive);
	*s = (struct domain_state){ .has_config = true, .is_alive = probe == LOCK_HELD };
	if (s->is_alive) {
		g_autofree char *state = g_strconcat(escaped, "/" RUN_STATE, NULL);

		read_run_state(st->domains, state, s);
	}
	return probe != LOCK_UNKNOWN;
}

bool domain_is_defined(struct store *st, const char *name)
{
	g_autofree char *escaped = name_escape(name);
	g_autofree char *config = g_strconcat(escaped, "/" DOMAIN_XML, NULL);

	return st->domains >= 0 && !strchr(name, '/') && exists_at(st->domains, config) == 1;
}

bool domain_read_brief_of(struct store *st, const char *name, struct domain_state *ret_state,
			  GError **err)
{
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = NULL;

	if (read_defined(st, name, &s)) {
		*ret_state = s;
		return true;
	}
	domain_state_clear(&s);
	dd = domain_open(st, name, err);
	return dd && domain_read_brief(dd, ret_state, err);
}

bool domain_read_xml(struct domain_dir *dd, const char *file, char **ret_text, size_t *ret_size,
		     GError **err)
{
	return read_file_at(dd->fd, file, XML_MAX, ret_text, ret_size, err) ||
	       fail_prefix(err, "domain '%s'", dir_label(dd));
}
