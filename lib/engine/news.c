/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/news.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt-domain-event.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/util.h"
#include "engine/inspect.h"
#include "engine/op.h"
#include "model/news.h"
#include "store/journal.h"

struct news_reader {
	struct engine *e;
	int watch;
	struct tail *tail;
	GHashTable *monitors; /* struct monitor by name; NULL: not followed */
	const struct news_sink *sink; /* while it reads */
};

/* The journal of one run of a guest. */
struct monitor {
	struct news_reader *reader;
	char *domain, *uuid;
	struct tail *tail;
};

json_object *news_line(const char *domain, const char *uuid, const char *event)
{
	json_object *line = json_object_new_object();

	json_set_int(line, "time", now_usec());
	json_set_string(line, "domain", domain);
	json_set_string(line, "uuid", uuid);
	json_set_string(line, "event", event);
	return line;
}

static const char *text_of(json_object *line, const char *key)
{
	const char *text = "";

	json_get_string(line, key, &text);
	return text;
}

/* ---- Monitors ---- */

static void monitor_free(void *data)
{
	struct monitor *m = data;

	tail_close(m->tail);
	g_free(m->domain);
	g_free(m->uuid);
	g_free(m);
}

static void tell_monitor(const char *text, void *data)
{
	const struct monitor *m = data;
	const struct news_sink *sink = m->reader->sink;
	g_autoptr(json_object) line = json_parse(text, strlen(text), NULL);
	json_object *payload = NULL;
	gint64 time = 0;
	struct monitor_news news = { .domain = m->domain, .uuid = m->uuid };

	if (!line || !json_get_string(line, "event", &news.event) ||
	    !json_get_int(line, "time", &time))
		return;
	if (json_get_object(line, "data", &payload))
		news.data = json_object_to_json_string_ext(payload, JSON_C_TO_STRING_PLAIN |
								    JSON_C_TO_STRING_NOSLASHESCAPE);
	news.seconds = time / G_USEC_PER_SEC;
	news.micros = (unsigned int)(time % G_USEC_PER_SEC);
	sink->on_monitor(&news, sink->data);
}

static void read_monitor(struct monitor *m)
{
	tail_read(m->tail, tell_monitor, m);
}

static void read_monitors(struct news_reader *r)
{
	GHashTableIter all;
	void *m;

	g_hash_table_iter_init(&all, r->monitors);
	while (g_hash_table_iter_next(&all, NULL, &m))
		read_monitor(m);
}

static void add_monitor(struct news_reader *r, const char *domain, const char *uuid,
			unsigned int flags)
{
	g_autofree char *dir = engine_run_path(r->e, domain, NULL);
	auto_close int run = open_dir_at(AT_FDCWD, dir);
	struct monitor *m = g_hash_table_lookup(r->monitors, domain);

	/* What was seen running is told to have been started, when that was just being noted. */
	if (run < 0 || (m && tail_is_of(m->tail, run, "events")))
		return;
	if (m)
		read_monitor(m);
	m = g_new0(struct monitor, 1);
	m->reader = r;
	m->domain = g_strdup(domain);
	m->uuid = g_strdup(uuid);
	m->tail = tail_open(dir, "events", r->watch, flags | TAIL_ONE_DIR);
	g_hash_table_replace(r->monitors, m->domain, m);
	if (flags & TAIL_FROM_START)
		read_monitor(m);
}

bool news_follow_monitors(struct news_reader *r, GError **err)
{
	g_autoptr(GPtrArray) all = NULL;

	if (r->monitors)
		return true;
	all = engine_list(r->e, err);
	if (!all)
		return false;
	r->monitors = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, monitor_free);
	for (guint i = 0; i < all->len; i++) {
		const struct domain_brief *b = all->pdata[i];
		g_autofree char *uuid = b->is_alive ? engine_uuid(r->e, b->name, NULL) : NULL;

		if (uuid)
			add_monitor(r, b->name, uuid, 0);
	}
	return true;
}

static void follow_life(struct news_reader *r, const struct news *news)
{
	struct monitor *m = g_hash_table_lookup(r->monitors, news->domain);

	if (news->type == VIR_DOMAIN_EVENT_STARTED)
		add_monitor(r, news->domain, news->uuid, TAIL_FROM_START);
	if (news->type != VIR_DOMAIN_EVENT_STOPPED || !m)
		return;
	read_monitor(m);
	g_hash_table_remove(r->monitors, news->domain);
}

/* ---- The life cycle and what else was noted ---- */

static bool parse(json_object *line, struct news *news)
{
	const char *event;

	*news = (struct news){ .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE, .line = line };
	if (!json_get_string(line, "domain", &news->domain) ||
	    !json_get_string(line, "uuid", &news->uuid) || !json_get_string(line, "event", &event))
		return false;
	if (news_lifecycle(event, text_of(line, "detail"), &news->type, &news->detail))
		return true;
	news->id = news_event_id(event);
	return news->id >= 0;
}

static void tell(const char *text, void *data)
{
	struct news_reader *r = data;
	g_autoptr(json_object) line = json_parse(text, strlen(text), NULL);
	struct news news;

	if (!line || !parse(line, &news))
		return;
	if (r->monitors && news.id == VIR_DOMAIN_EVENT_ID_LIFECYCLE)
		follow_life(r, &news);
	r->sink->on_news(&news, r->sink->data);
}

/* ---- The reader ---- */

bool news_check_told(struct engine *e, int id, GError **err)
{
	const char *word = news_event_word(id);

	switch (news_event_teller(id)) {
	case NEWS_COMMAND: return true;
	case NEWS_GUARD:
		return e->hv->ops->is_watched ||
		       fail(err, VIR_ERR_NO_SUPPORT, "event '%s': hypervisor '%s' tells none", word,
			    e->hv->ops->name);
	default:
		return fail(err, VIR_ERR_NO_SUPPORT,
			    "event '%s': nothing that this version can do would ever cause one", word);
	}
}

struct news_reader *news_open(struct engine *e, GError **err)
{
	struct news_reader *r;
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (watch < 0) {
		fail_os(err, errno, "watch the events of '%s'", e->root);
		return NULL;
	}
	r = g_new0(struct news_reader, 1);
	r->e = e;
	r->watch = watch;
	r->tail = tail_open(e->root, "events", watch, 0);
	return r;
}

void news_close(struct news_reader *r)
{
	if (!r)
		return;
	g_clear_pointer(&r->monitors, g_hash_table_unref);
	tail_close(r->tail);
	close_fd(&r->watch);
	g_free(r);
}

int news_fd(const struct news_reader *r)
{
	return r->watch;
}

void news_read(struct news_reader *r, const struct news_sink *sink)
{
	char wakes[4096];

	r->sink = sink;
	while (TEMP_FAILURE_RETRY(read(r->watch, wakes, sizeof(wakes))) > 0)
		continue;
	if (r->monitors)
		read_monitors(r);
	tail_read(r->tail, tell, r);
	r->sink = NULL;
}
