"""What 3D Tiles 1.1 and EXT_structural_metadata want of tilesets and property tables.

The published JSON schemas are not in a package index. What they say of the members that are used here is written down
below; as in them, a member that they do not name is refused. Rules that a schema cannot say are checked in Python.
"""

import json

import jsonschema

NAME = "^[a-zA-Z_][a-zA-Z0-9_]*$"  # of classes and properties in a schema of metadata
TILESET = {
    "$ref": "#/$defs/tileset",
    "$defs": {
        "tileset": {
            "type": "object", "additionalProperties": False, "required": ["asset", "geometricError", "root"],
            "properties": {
                "asset": {
                    "type": "object", "required": ["version"], "additionalProperties": False,
                    "properties": {"version": {"const": "1.1"}, "tilesetVersion": {"type": "string"}, "extras": {}},
                },
                "geometricError": {"type": "number", "minimum": 0},
                "root": {"allOf": [{"$ref": "#/$defs/tile"}, {"required": ["refine"]}]},
                "extensionsUsed": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
                "extras": {},
            },
        },
        "tile": {
            "type": "object", "additionalProperties": False, "required": ["boundingVolume", "geometricError"],
            "properties": {
                "boundingVolume": {
                    "type": "object", "additionalProperties": False, "minProperties": 1, "maxProperties": 1,
                    "properties": {
                        "region": {"type": "array", "minItems": 6, "maxItems": 6, "items": {"type": "number"}},
                        "box": {"type": "array", "minItems": 12, "maxItems": 12, "items": {"type": "number"}},
                        "sphere": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
                    },
                },
                "geometricError": {"type": "number", "minimum": 0},
                "refine": {"enum": ["ADD", "REPLACE"]},
                "transform": {"type": "array", "minItems": 16, "maxItems": 16, "items": {"type": "number"}},
                "content": {
                    "type": "object", "additionalProperties": False, "required": ["uri"],
                    "properties": {"uri": {"type": "string", "minLength": 1}},
                },
                "children": {
                    "type": "array", "minItems": 1, "uniqueItems": True, "items": {"$ref": "#/$defs/tile"},
                },
            },
        },
    },
}  # fmt: skip
NUMBERS = ["INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64", "FLOAT32", "FLOAT64"]
REQUIRED_AND_ABSENT = {"properties": {"required": {"const": True}}, "required": ["noData", "required"]}
VIEW = {"type": "integer", "minimum": 0}
METADATA = {
    "type": "object", "additionalProperties": False, "required": ["schema", "propertyTables"],
    "properties": {
        "schema": {
            "type": "object", "additionalProperties": False, "required": ["id"],
            "properties": {
                "id": {"type": "string", "pattern": NAME},
                "classes": {
                    "type": "object", "minProperties": 1, "propertyNames": {"pattern": NAME},
                    "additionalProperties": {
                        "type": "object", "additionalProperties": False,
                        "properties": {
                            "name": {"type": "string"}, "description": {"type": "string"},
                            "properties": {
                                "type": "object", "minProperties": 1, "propertyNames": {"pattern": NAME},
                                "additionalProperties": {
                                    "type": "object", "additionalProperties": False, "required": ["type"],
                                    "properties": {
                                        "type": {"enum": ["SCALAR", "STRING", "BOOLEAN", "ENUM", "VEC2", "VEC3"]},
                                        "componentType": {"enum": NUMBERS}, "required": {"type": "boolean"},
                                        "description": {"type": "string"}, "noData": {},
                                    },
                                    "if": {"properties": {"type": {"const": "SCALAR"}}},
                                    "then": {"required": ["componentType"]},
                                    "not": REQUIRED_AND_ABSENT,
                                },
                            },
                        },
                    },
                },
            },
        },
        "propertyTables": {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "additionalProperties": False, "required": ["class", "count"],
                "properties": {
                    "name": {"type": "string"}, "class": {"type": "string"},
                    "count": {"type": "integer", "minimum": 1},
                    "properties": {
                        "type": "object", "minProperties": 1,
                        "additionalProperties": {
                            "type": "object", "additionalProperties": False, "required": ["values"],
                            "properties": {"values": VIEW, "stringOffsets": VIEW},
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip


def check_tileset(document):
    """Raise if a tileset breaks a rule."""
    jsonschema.Draft202012Validator(TILESET).validate(document)

    def walk(one, outer_error):
        assert one["geometricError"] <= outer_error, "a child is no coarser than its parent"
        if (region := one["boundingVolume"].get("region")) is not None:
            west, south, east, north, low, high = region
            assert -3.1416 < west <= east < 3.1416
            assert -1.5708 < south <= north < 1.5708
            assert low <= high
        for child in one.get("children", ()):
            walk(child, one["geometricError"])

    walk(document["root"], document["geometricError"])


def check_metadata(glb):
    """Raise if the property tables of a GLB break a rule; return how many rows they have."""
    length = int.from_bytes(glb[12:16], "little")
    document = json.loads(glb[20 : 20 + length])
    metadata = document["extensions"]["EXT_structural_metadata"]
    jsonschema.Draft202012Validator(METADATA).validate(metadata)
    rows = []
    for table in metadata["propertyTables"]:
        known = metadata["schema"]["classes"][table["class"]]["properties"]
        wanted = {name for name, entry in known.items() if entry.get("required")}
        assert wanted <= set(table["properties"]) <= set(known)
        for name, entry in table["properties"].items():
            assert ("stringOffsets" in entry) == (known[name]["type"] == "STRING")
            for view in entry.values():
                assert document["bufferViews"][view]["byteOffset"] % 8 == 0
            if known[name]["type"] == "STRING":
                assert document["bufferViews"][entry["stringOffsets"]]["byteLength"] == 4 * (table["count"] + 1)
        rows.append(table["count"])
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            for ids in primitive["extensions"]["EXT_mesh_features"]["featureIds"]:
                assert ids["featureCount"] <= rows[ids["propertyTable"]]
                assert f"_FEATURE_ID_{ids['attribute']}" in primitive["attributes"]
    return sum(rows)
