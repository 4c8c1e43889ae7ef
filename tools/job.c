/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "job.h"

#include <stdio.h>
#include <time.h>
#include <libvirt/virterror.h>

void job_begin(struct shell *sh, virDomainPtr domain, const char *label, bool verbose)
{
	pthread_mutex_lock(&sh->job.mutex);
	sh->job.domain = domain;
	sh->job.label = label;
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
	sh->job.domain = NULL;
	pthread_mutex_unlock(&sh->job.mutex);
}

bool job_abort(struct shell *sh)
{
	bool is_asked = false;

	pthread_mutex_lock(&sh->job.mutex);
	if (sh->job.domain) {
		is_asked = virDomainAbortJob(sh->job.domain) == 0;
		virResetLastError();
	}
	leave_line(sh);
	pthread_mutex_unlock(&sh->job.mutex);
	return is_asked;
}

static void show(struct shell *sh)
{
	virDomainJobInfo info = { .type = VIR_DOMAIN_JOB_NONE };

	if (virDomainGetJobInfo(sh->job.domain, &info) < 0)
		virResetLastError();
	if (info.type == VIR_DOMAIN_JOB_NONE)
		return;
	if (info.dataTotal > 0)
		fprintf(stderr, "\r%s: [%3.0f %%]", sh->job.label,
			100.0 * (double)info.dataProcessed / (double)info.dataTotal);
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
	if (sh->job.domain && (sh->job.is_verbose || !sh->settings.quiet))
		show(sh);
	pthread_mutex_unlock(&sh->job.mutex);
}
