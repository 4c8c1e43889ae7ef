/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions of <domsh/domsh.h> that libvirt can do: with its calls, and where it has none, as its
 * own shell does, from the XML. Flags of ours are not supported.
 */
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "peer.h"

/* No error of libvirt's has reasons: that is an answer, not a failure. */
int domshErrorReasons(virErrorPtr err, struct domshReason **reasons)
{
	(void)err;
	*reasons = NULL;
	return 0;
}

/* Nor has anything it does a remark. */
int domshTakeRemarks(char ***remarks)
{
	*remarks = calloc(1, sizeof(**remarks));
	return 0;
}

void domshRemarksFree(char **remarks)
{
	free(remarks);
}

/* libvirt does not tell. */
int domshConnectSetProgress(virConnectPtr conn, domshProgressFunc func, void *opaque)
{
	(void)conn;
	(void)func;
	(void)opaque;
	return 0;
}

int domshDomainCreate(virDomainPtr domain, unsigned int flags, unsigned int domshFlags)
{
	return domshFlags ? not_supported(__func__) : virDomainCreateWithFlags(domain, flags);
}

/* There is no plan to hand out. */
int domshDomainUndefine(virDomainPtr domain, unsigned int flags, unsigned int domshFlags,
			struct domshPlanItem **items, int *nitems)
{
	*items = NULL;
	*nitems = 0;
	return domshFlags ? not_supported(__func__) : virDomainUndefineFlags(domain, flags);
}

/* Which way it was, libvirt does not tell. */
int domshDomainShutdown(virDomainPtr domain, unsigned int flags, unsigned int *used)
{
	*used = 0;
	return virDomainShutdownFlags(domain, flags);
}

int domshDomainReboot(virDomainPtr domain, unsigned int flags, unsigned int *used)
{
	*used = 0;
	return virDomainReboot(domain, flags);
}

int domshDomainManagedSaveRemove(virDomainPtr domain, unsigned int domshFlags, long long *kept)
{
	*kept = 0;
	return domshFlags ? not_supported(__func__) : virDomainManagedSaveRemove(domain, 0);
}

int domshDomainSave(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags,
		    unsigned int domshFlags)
{
	return domshFlags ? not_supported(__func__) : virDomainSaveFlags(domain, to, dxml, flags);
}

int domshSnapshotRevert(virDomainSnapshotPtr snapshot, const char *keep, unsigned int flags)
{
	return keep ? not_supported(__func__) : virDomainRevertToSnapshot(snapshot, flags);
}

/* ---- Lists of domains --------------------------------------------------------------------- */

/* 0: it has vanished meanwhile; what cannot be read is there all the same. */
static int describe_domain(virDomainPtr domain, unsigned int details, struct domshDomain *d)
{
	char uuid[VIR_UUID_STRING_BUFLEN];
	int reason;

	if (virDomainGetState(domain, &d->state, &reason, 0) < 0) {
		if (virGetLastErrorCode() == VIR_ERR_NO_DOMAIN)
			return 0;
		d->state = VIR_DOMAIN_NOSTATE;
	}
	d->name = strdup(virDomainGetName(domain));
	d->id = virDomainGetID(domain);
	d->isPersistent = virDomainIsPersistent(domain) > 0;
	if ((details & DOMSH_LIST_UUID) && virDomainGetUUIDString(domain, uuid) == 0)
		d->uuid = strdup(uuid);
	if (details & DOMSH_LIST_TITLE)
		d->title = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, NULL, 0);
	if (details & DOMSH_LIST_MANAGED_SAVE)
		d->hasManagedSave = virDomainHasManagedSaveImage(domain, 0) > 0;
	return 1;
}

int domshConnectListDomains(virConnectPtr conn, const char *prefix, unsigned int flags,
			    unsigned int details, struct domshDomain **domains)
{
	virDomainPtr *list = NULL;
	int n = virConnectListAllDomains(conn, &list, flags), told = 0;

	if (n < 0)
		return -1;
	*domains = calloc((size_t)n + 1, sizeof(**domains));
	for (int i = 0; i < n; i++) {
		if (!prefix || strncmp(virDomainGetName(list[i]), prefix, strlen(prefix)) == 0)
			told += describe_domain(list[i], details, &(*domains)[told]);
		virDomainFree(list[i]);
	}
	free(list);
	virResetLastError();
	return told;
}

void domshDomainsFree(struct domshDomain *domains, int n)
{
	for (int i = 0; domains && i < n; i++) {
		free(domains[i].name);
		free(domains[i].uuid);
		free(domains[i].title);
	}
	free(domains);
}

/* ---- Snapshots ---------------------------------------------------------------------------- */

/* The text of the first node that a path finds, NULL if there is none. */
static char *text_at(xmlXPathContextPtr context, const char *path)
{
	xmlXPathObjectPtr found = xmlXPathEvalExpression((const xmlChar *)path, context);
	xmlNodeSetPtr set = found ? found->nodesetval : NULL;
	char *text = set && set->nodeNr > 0 ? (char *)xmlNodeGetContent(set->nodeTab[0]) : NULL;

	xmlXPathFreeObject(found);
	return text;
}

static void read_xml(const char *xml, struct domshSnapshot *s)
{
	xmlDocPtr doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
	xmlXPathContextPtr context = xmlXPathNewContext(doc);
	char *time = text_at(context, "/*/creationTime");
	char *external = text_at(context, "/*/memory[@snapshot='external']/@snapshot"
				 " | /*/disks/disk[@snapshot='external']/@snapshot");

	s->state = text_at(context, "/*/state");
	s->parent = text_at(context, "/*/parent/name");
	s->time = time ? atoll(time) : 0;
	s->isExternal = external != NULL;
	free(time);
	free(external);
	xmlXPathFreeContext(context);
	xmlFreeDoc(doc);
}

static int describe(virDomainSnapshotPtr snapshot, struct domshSnapshot *s)
{
	char *xml = virDomainSnapshotGetXMLDesc(snapshot, 0);
	int current = virDomainSnapshotIsCurrent(snapshot, 0);
	int children = virDomainSnapshotNumChildren(snapshot, 0);
	int descendants = virDomainSnapshotNumChildren(snapshot,
						       VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS);

	if (!xml || current < 0 || children < 0 || descendants < 0) {
		free(xml);
		return -1;
	}
	s->name = strdup(virDomainSnapshotGetName(snapshot));
	s->isCurrent = current;
	s->children = (unsigned)children;
	s->descendants = (unsigned)descendants;
	read_xml(xml, s);
	free(xml);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct domshSnapshot *)a)->name,
		      ((const struct domshSnapshot *)b)->name);
}

static int fetch(virDomainPtr domain, const char *from, unsigned int flags,
		 virDomainSnapshotPtr **ret)
{
	virDomainSnapshotPtr start;
	int n;

	if (!from)
		return virDomainListAllSnapshots(domain, ret, flags);
	start = virDomainSnapshotLookupByName(domain, from, 0);
	n = start ? virDomainSnapshotListAllChildren(start, ret, flags) : -1;
	if (start)
		virDomainSnapshotFree(start);
	return n;
}

int domshDomainListSnapshots(virDomainPtr domain, const char *from, unsigned int flags,
			     struct domshSnapshot **snapshots)
{
	virDomainSnapshotPtr *list = NULL;
	int n = fetch(domain, from, flags, &list), failed = 0;

	if (n < 0)
		return -1;
	*snapshots = calloc((size_t)n + 1, sizeof(**snapshots));
	for (int i = 0; i < n; i++) {
		failed |= describe(list[i], &(*snapshots)[i]) < 0;
		virDomainSnapshotFree(list[i]);
	}
	free(list);
	if (failed) {
		domshSnapshotsFree(*snapshots, n);
		return -1;
	}
	if (!(flags & VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL))
		qsort(*snapshots, (size_t)n, sizeof(**snapshots), by_name);
	return n;
}

int domshSnapshotDescribe(virDomainSnapshotPtr snapshot, struct domshSnapshot **description)
{
	*description = calloc(1, sizeof(**description));
	if (describe(snapshot, *description) == 0)
		return 0;
	domshSnapshotsFree(*description, 1);
	*description = NULL;
	return -1;
}

void domshSnapshotsFree(struct domshSnapshot *snapshots, int n)
{
	for (int i = 0; snapshots && i < n; i++) {
		free(snapshots[i].name);
		free(snapshots[i].parent);
		free(snapshots[i].state);
	}
	free(snapshots);
}
