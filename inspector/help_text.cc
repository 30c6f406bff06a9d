#include "inspector/arguments.h"

namespace henge::inspector {

std::string helpText() {
  return "henge-inspect [flags] - what every node holds, key by key, and whether they agree\n"
         "henge-inspect log DIR [flags] - the recovery log of a stopped node\n"
         "henge-inspect verify DIR - would anything be lost if it was started? Changes nothing\n"
         "\n"
         "  --node host:port      a node to ask for the ring; several are tried in turn\n"
         "                        (default $HENGE_NODES, else 127.0.0.1:9000 to :9003)\n"
         "  --key K               one key, on every replica: version, writer, bytes, digest\n"
         "  --from K, --to K      from this key on, up to that one and without it, in ring order\n"
         "  --only N              read this node alone, as n2; may be repeated\n"
         "  --only-disagree       show no keys whose replicas agree\n"
         "  --limit N             stop after N keys, or records of log\n"
         "  --watch S             again S seconds after each reading, until Ctrl-C\n"
         "  --timeout_ms N        how long to wait for one answer, 1 to 60000 (default 2000)\n"
         "  --format table|json|seed, --json; --color auto|always|never\n"
         "                        json: one object a line; seed: a line for each node\n"
         "  --records             log: every record; --segment N: of this one only;\n"
         "                        --from SEG:OFFSET: from this place on\n"
         "  -h, --help            this      --version   which release this is\n"
         "\n"
         "Ends with: 0 all replicas agree, nothing is lost; 1 some do not, something is or would\n"
         "  be; 64 wrong usage; 65, 66 no data directory; 69 no node answered, or one runs "
         "there;\n"
         "  130 Ctrl-C.\n";
}

}  // namespace henge::inspector
