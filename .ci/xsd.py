"""Does this XML file keep that XML Schema? Exits with 0 when it does, 1 when not, 2 on anything else."""

import sys

try:
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(sys.argv[1]))
    document = etree.parse(sys.argv[2])
except Exception as error:  # noqa: BLE001
    print(error, file=sys.stderr)
    sys.exit(2)
if not schema.validate(document):
    print(schema.error_log)
    sys.exit(1)
