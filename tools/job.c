/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "job.h"

#include <stdio.h>
#include <time.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

void job_begin(struct shell *sh, virDomainPtr domain, const char *label, bool verbose)
{
	pthread_mutex_lock(&sh->job.mutex);
	sh->job.label = label;
	sh->job.domain = domain;
	sh->job.done = sh->job.total = 0;
	sh->job.is_verbose = verbose;
	sh->job.since = time(NULL);
	pthread_mutex_unlock(&sh->job.mutex);
}

/* Back to the beginning of a line, for others who write. */
static void leave_line(struct shell *sh)
{
	if (sh->job.is_shown)
		fputc('\n', stderr);
	sh->job.is_shown = false;
}

void job_end(struct shell *sh, bool done)
{
	pthread_mutex_lock(&sh->job.mutex);
	if (done && (sh->job.is_shown || (sh->job.is_verbose && !sh->settings.json)))
		fprintf(stderr, "%s%s: [100 %%]\n", sh->job.is_shown ? "\r" : "", sh->job.label);
	else
		leave_line(sh);
	sh->job.is_shown = false;
	sh->job.label = NULL;
	pthread_mutex_unlock(&sh->job.mutex);
}

/* ---- Saved memory that is read ------------------------------------------------------------ */

/* Called by the library; Ctrl-C ends it. */
static int progress(virConnectPtr conn, long long done, long long total, void *data)
{
	struct shell *sh = data;

	(void)conn;
	pthread_mutex_lock(&sh->job.mutex);
	sh->job.done = done;
	sh->job.total = total;
	pthread_mutex_unlock(&sh->job.mutex);
	return sh->interrupted ? -1 : 0;
}

void job_listen(struct shell *sh)
{
	domshConnectSetProgress(sh->conn, progress, sh);
	virResetLastError();
}

/* ---- For who listens ---------------------------------------------------------------------- */

bool job_abort(struct shell *sh)
{
	bool is_asked = false;

	pthread_mutex_lock(&sh->job.mutex);
	if (sh->job.label && sh->job.domain) {
		is_asked = virDomainAbortJob(sh->job.domain) == 0;
		virResetLastError();
	} else if (sh->job.label) {
		is_asked = sh->job.done < sh->job.total; /* progress() will say so */
	}
	leave_line(sh);
	pthread_mutex_unlock(&sh->job.mutex);
	return is_asked;
}

/* false: it has not begun. total 0: not known. */
static bool measure(struct shell *sh, long long *ret_done, long long *ret_total)
{
	virDomainJobInfo info = { .type = VIR_DOMAIN_JOB_NONE };

	*ret_done = sh->job.done;
	*ret_total = sh->job.total;
	if (!sh->job.domain)
		return sh->job.total > 0;
	if (virDomainGetJobInfo(sh->job.domain, &info) < 0)
		virResetLastError();
	*ret_done = (long long)info.dataProcessed;
	*ret_total = (long long)info.dataTotal;
	return info.type != VIR_DOMAIN_JOB_NONE;
}

static void show(struct shell *sh)
{
	long long done, total;

	if (!measure(sh, &done, &total))
		return;
	if (total > 0)
		fprintf(stderr, "\r%s: [%3.0f %%]", sh->job.label,
			100.0 * (double)done / (double)total);
	else
		fprintf(stderr, "\r%s: [%3lld s]", sh->job.label,
			(long long)(time(NULL) - sh->job.since));
	fflush(stderr);
	sh->job.is_shown = true;
}

void job_show(struct shell *sh)
{
	if (!sh->error_terminal || sh->settings.json || sh->interrupted)
		return;
	pthread_mutex_lock(&sh->job.mutex);
	if (sh->job.label && (sh->job.is_verbose || !sh->settings.quiet))
		show(sh);
	pthread_mutex_unlock(&sh->job.mutex);
}
