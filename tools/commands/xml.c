/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/xml.h"

#include <domsh/domsh.h>

#include "mem.h"
#include "output/errors.h"
#include "output/output.h"
#include "output/render.h"

bool show_xml(const struct shell *sh, const struct xml_choice *choice, const char *object,
	      const char *name, const char *xml)
{
	auto_free char *parts = NULL;

	if (!choice->xpath) {
		render_document(sh, object, name, "xml", xml);
		return true;
	}
	parts = domshXMLPath(xml, choice->xpath, choice->wrap ? DOMSH_XML_PATH_WRAP : 0);
	if (!parts)
		return fail_library(sh);
	if (sh->settings.json)
		render_document(sh, object, name, "xml", parts);
	else
		print_block(sh, parts);
	return true;
}
