// A chunk as the service writes it, read as the viewer's worker reads it: sixty boxes in a row, each a centimetre higher
// than the last, and 24 cubes of glass, which are one body.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readGlb } from "../static/js/gl/workers/glb.js";
import { Matrix4, Vector3 } from "../static/vendor/vendor3d.js";

const BOXES = 60;
const CUBES = 24;
const CHUNK = [
  "Z2xURgIAAACEHgAA9A8AAEpTT057ImFjY2Vzc29ycyI6W3siYnVmZmVyVmlldyI6MCwiY29tcG9uZW50VHlwZSI6NTEyMiwiY291",
  "bnQiOjE2OCwibWF4IjpbMzEwMDAsMTEwMCwxMDBdLCJtaW4iOlstMzEwMDAsLTExMDAsLTEwMF0sInR5cGUiOiJWRUMzIn0seyJi",
  "dWZmZXJWaWV3IjowLCJieXRlT2Zmc2V0Ijo4LCJjb21wb25lbnRUeXBlIjo1MTIzLCJjb3VudCI6MTY4LCJ0eXBlIjoiU0NBTEFS",
  "In0seyJidWZmZXJWaWV3IjowLCJieXRlT2Zmc2V0IjoxMiwiY29tcG9uZW50VHlwZSI6NTEyMSwiY291bnQiOjE2OCwibm9ybWFs",
  "aXplZCI6dHJ1ZSwidHlwZSI6IlZFQzQifSx7ImJ1ZmZlclZpZXciOjEsImNvbXBvbmVudFR5cGUiOjUxMjMsImNvdW50Ijo3NTYs",
  "InR5cGUiOiJTQ0FMQVIifSx7ImJ1ZmZlclZpZXciOjAsImJ5dGVPZmZzZXQiOjI2ODgsImNvbXBvbmVudFR5cGUiOjUxMjIsImNv",
  "dW50IjoxNzYsIm1heCI6WzMyNTAwLDEyMTAsMTAwXSwibWluIjpbLTMyNTAwLC0xMjEwLC0xMDBdLCJ0eXBlIjoiVkVDMyJ9LHsi",
  "YnVmZmVyVmlldyI6MCwiYnl0ZU9mZnNldCI6MjY5NiwiY29tcG9uZW50VHlwZSI6NTEyMywiY291bnQiOjE3NiwidHlwZSI6IlND",
  "QUxBUiJ9LHsiYnVmZmVyVmlldyI6MCwiYnl0ZU9mZnNldCI6MjcwMCwiY29tcG9uZW50VHlwZSI6NTEyMSwiY291bnQiOjE3Niwi",
  "bm9ybWFsaXplZCI6dHJ1ZSwidHlwZSI6IlZFQzQifSx7ImJ1ZmZlclZpZXciOjEsImJ5dGVPZmZzZXQiOjE1MTIsImNvbXBvbmVu",
  "dFR5cGUiOjUxMjMsImNvdW50Ijo3OTIsInR5cGUiOiJTQ0FMQVIifSx7ImJ1ZmZlclZpZXciOjAsImJ5dGVPZmZzZXQiOjU1MDQs",
  "ImNvbXBvbmVudFR5cGUiOjUxMjIsImNvdW50IjoxMzYsIm1heCI6WzI1MDAwLDEyOTUsMTAwXSwibWluIjpbLTI1MDAwLC0xMjk1",
  "LC0xMDBdLCJ0eXBlIjoiVkVDMyJ9LHsiYnVmZmVyVmlldyI6MCwiYnl0ZU9mZnNldCI6NTUxMiwiY29tcG9uZW50VHlwZSI6NTEy",
  "MywiY291bnQiOjEzNiwidHlwZSI6IlNDQUxBUiJ9LHsiYnVmZmVyVmlldyI6MCwiYnl0ZU9mZnNldCI6NTUxNiwiY29tcG9uZW50",
  "VHlwZSI6NTEyMSwiY291bnQiOjEzNiwibm9ybWFsaXplZCI6dHJ1ZSwidHlwZSI6IlZFQzQifSx7ImJ1ZmZlclZpZXciOjEsImJ5",
  "dGVPZmZzZXQiOjMwOTYsImNvbXBvbmVudFR5cGUiOjUxMjMsImNvdW50Ijo2MTIsInR5cGUiOiJTQ0FMQVIifSx7ImJ1ZmZlclZp",
  "ZXciOjIsImNvbXBvbmVudFR5cGUiOjUxMjYsImNvdW50IjoyNCwidHlwZSI6IlZFQzMifSx7ImJ1ZmZlclZpZXciOjMsImNvbXBv",
  "bmVudFR5cGUiOjUxMjYsImNvdW50IjoyNCwidHlwZSI6IlNDQUxBUiJ9LHsiYnVmZmVyVmlldyI6NCwiY29tcG9uZW50VHlwZSI6",
  "NTEyMiwiY291bnQiOjgsIm1heCI6WzQwMDAsNDAwMCw0MDAwXSwibWluIjpbLTQwMDAsLTQwMDAsLTQwMDBdLCJ0eXBlIjoiVkVD",
  "MyJ9LHsiYnVmZmVyVmlldyI6MSwiYnl0ZU9mZnNldCI6NDMyMCwiY29tcG9uZW50VHlwZSI6NTEyMywiY291bnQiOjM2LCJ0eXBl",
  "IjoiU0NBTEFSIn1dLCJhc3NldCI6eyJ2ZXJzaW9uIjoiMi4wIn0sImJ1ZmZlclZpZXdzIjpbeyJidWZmZXIiOjEsImJ5dGVMZW5n",
  "dGgiOjc2ODAsImJ5dGVPZmZzZXQiOjAsImJ5dGVTdHJpZGUiOjE2LCJleHRlbnNpb25zIjp7IkVYVF9tZXNob3B0X2NvbXByZXNz",
  "aW9uIjp7ImJ1ZmZlciI6MCwiYnl0ZUxlbmd0aCI6MjE4NywiYnl0ZU9mZnNldCI6MCwiYnl0ZVN0cmlkZSI6MTYsImNvdW50Ijo0",
  "ODAsIm1vZGUiOiJBVFRSSUJVVEVTIn19LCJ0YXJnZXQiOjM0OTYyfSx7ImJ1ZmZlciI6MSwiYnl0ZUxlbmd0aCI6NDM5MiwiYnl0",
  "ZU9mZnNldCI6NzY4MCwiZXh0ZW5zaW9ucyI6eyJFWFRfbWVzaG9wdF9jb21wcmVzc2lvbiI6eyJidWZmZXIiOjAsImJ5dGVMZW5n",
  "dGgiOjEyODIsImJ5dGVPZmZzZXQiOjIxODgsImJ5dGVTdHJpZGUiOjIsImNvdW50IjoyMTk2LCJtb2RlIjoiVFJJQU5HTEVTIn19",
  "LCJ0YXJnZXQiOjM0OTYzfSx7ImJ1ZmZlciI6MSwiYnl0ZUxlbmd0aCI6Mjg4LCJieXRlT2Zmc2V0IjoxMjA3MiwiZXh0ZW5zaW9u",
  "cyI6eyJFWFRfbWVzaG9wdF9jb21wcmVzc2lvbiI6eyJidWZmZXIiOjAsImJ5dGVMZW5ndGgiOjEwNSwiYnl0ZU9mZnNldCI6MzQ3",
  "MiwiYnl0ZVN0cmlkZSI6MTIsImNvdW50IjoyNCwibW9kZSI6IkFUVFJJQlVURVMifX19LHsiYnVmZmVyIjoxLCJieXRlTGVuZ3Ro",
  "Ijo5NiwiYnl0ZU9mZnNldCI6MTIzNjAsImV4dGVuc2lvbnMiOnsiRVhUX21lc2hvcHRfY29tcHJlc3Npb24iOnsiYnVmZmVyIjow",
  "LCJieXRlTGVuZ3RoIjo1MywiYnl0ZU9mZnNldCI6MzU4MCwiYnl0ZVN0cmlkZSI6NCwiY291bnQiOjI0LCJtb2RlIjoiQVRUUklC",
  "VVRFUyJ9fX0seyJidWZmZXIiOjAsImJ5dGVMZW5ndGgiOjY0LCJieXRlT2Zmc2V0IjozNjM2LCJieXRlU3RyaWRlIjo4LCJ0YXJn",
  "ZXQiOjM0OTYyfV0sImJ1ZmZlcnMiOlt7ImJ5dGVMZW5ndGgiOjM3MDB9LHsiYnl0ZUxlbmd0aCI6MTI0NTYsImV4dGVuc2lvbnMi",
  "OnsiRVhUX21lc2hvcHRfY29tcHJlc3Npb24iOnsiZmFsbGJhY2siOnRydWV9fX1dLCJleHRlbnNpb25zUmVxdWlyZWQiOlsiRVhU",
  "X21lc2hfZ3B1X2luc3RhbmNpbmciLCJFWFRfbWVzaG9wdF9jb21wcmVzc2lvbiIsIktIUl9tZXNoX3F1YW50aXphdGlvbiJdLCJl",
  "eHRlbnNpb25zVXNlZCI6WyJFWFRfaW5zdGFuY2VfZmVhdHVyZXMiLCJFWFRfbWVzaF9mZWF0dXJlcyIsIkVYVF9tZXNoX2dwdV9p",
  "bnN0YW5jaW5nIiwiRVhUX21lc2hvcHRfY29tcHJlc3Npb24iLCJLSFJfbWVzaF9xdWFudGl6YXRpb24iXSwibWF0ZXJpYWxzIjpb",
  "eyJkb3VibGVTaWRlZCI6dHJ1ZSwicGJyTWV0YWxsaWNSb3VnaG5lc3MiOnsibWV0YWxsaWNGYWN0b3IiOjB9fSx7ImFscGhhTW9k",
  "ZSI6IkJMRU5EIiwiZG91YmxlU2lkZWQiOnRydWUsInBick1ldGFsbGljUm91Z2huZXNzIjp7ImJhc2VDb2xvckZhY3RvciI6WzAu",
  "MjE1NywwLjQ0NzEsMC43ODgyLDAuNF0sIm1ldGFsbGljRmFjdG9yIjowfX1dLCJtZXNoZXMiOlt7InByaW1pdGl2ZXMiOlt7ImF0",
  "dHJpYnV0ZXMiOnsiQ09MT1JfMCI6MiwiUE9TSVRJT04iOjAsIl9GRUFUVVJFX0lEXzAiOjF9LCJleHRlbnNpb25zIjp7IkVYVF9t",
  "ZXNoX2ZlYXR1cmVzIjp7ImZlYXR1cmVJZHMiOlt7ImF0dHJpYnV0ZSI6MCwiZmVhdHVyZUNvdW50Ijo4NH1dfX0sImluZGljZXMi",
  "OjMsIm1hdGVyaWFsIjowfV19LHsicHJpbWl0aXZlcyI6W3siYXR0cmlidXRlcyI6eyJDT0xPUl8wIjo2LCJQT1NJVElPTiI6NCwi",
  "X0ZFQVRVUkVfSURfMCI6NX0sImV4dGVuc2lvbnMiOnsiRVhUX21lc2hfZmVhdHVyZXMiOnsiZmVhdHVyZUlkcyI6W3siYXR0cmli",
  "dXRlIjowLCJmZWF0dXJlQ291bnQiOjg0fV19fSwiaW5kaWNlcyI6NywibWF0ZXJpYWwiOjB9XX0seyJwcmltaXRpdmVzIjpbeyJh",
  "dHRyaWJ1dGVzIjp7IkNPTE9SXzAiOjEwLCJQT1NJVElPTiI6OCwiX0ZFQVRVUkVfSURfMCI6OX0sImV4dGVuc2lvbnMiOnsiRVhU",
  "X21lc2hfZmVhdHVyZXMiOnsiZmVhdHVyZUlkcyI6W3siYXR0cmlidXRlIjowLCJmZWF0dXJlQ291bnQiOjg0fV19fSwiaW5kaWNl",
  "cyI6MTEsIm1hdGVyaWFsIjowfV19LHsicHJpbWl0aXZlcyI6W3siYXR0cmlidXRlcyI6eyJQT1NJVElPTiI6MTR9LCJpbmRpY2Vz",
  "IjoxNSwibWF0ZXJpYWwiOjF9XX1dLCJub2RlcyI6W3sibWVzaCI6MCwic2NhbGUiOlswLjAwMSwwLjAwMSwwLjAwMV0sInRyYW5z",
  "bGF0aW9uIjpbMzEuMCwxLjEsLTAuMV19LHsibWVzaCI6MSwic2NhbGUiOlswLjAwMSwwLjAwMSwwLjAwMV0sInRyYW5zbGF0aW9u",
  "IjpbOTUuNSwxLjIxLC0wLjFdfSx7Im1lc2giOjIsInNjYWxlIjpbMC4wMDEsMC4wMDEsMC4wMDFdLCJ0cmFuc2xhdGlvbiI6WzE1",
  "NC4wLDEuMjk1LC0wLjFdfSx7ImV4dGVuc2lvbnMiOnsiRVhUX2luc3RhbmNlX2ZlYXR1cmVzIjp7ImZlYXR1cmVJZHMiOlt7ImF0",
  "dHJpYnV0ZSI6MCwiZmVhdHVyZUNvdW50Ijo4NH1dfSwiRVhUX21lc2hfZ3B1X2luc3RhbmNpbmciOnsiYXR0cmlidXRlcyI6eyJU",
  "UkFOU0xBVElPTiI6MTIsIl9GRUFUVVJFX0lEXzAiOjEzfX19LCJtZXNoIjozLCJzY2FsZSI6WzAuMDAwMTI1LDAuMDAwMTI1LDAu",
  "MDAwMTI1XX1dLCJzY2VuZSI6MCwic2NlbmVzIjpbeyJub2RlcyI6WzAsMSwyLDNdfV19ICAgdA4AAEJJTgCgVVVVVQDAwMBfL1/A",
  "wMDAL18vX8DAwMAvXy9fwMDAwC9fL1/AwMDAL18vX8DAwMAvXy9fwMDAwC9fL1/AwMDAL18vX8DAwMAvXy9fwMDAwC9fL1/AwMDA",
  "L18XX8DAwMAvXy9fwMDAwC9fL1/AwMDAL18vX8DAwMAvXy9fwMDAwC9fL19VVVVVAMDAwBAIEMDAwMAIEAgOwMDAwAgQCBDAwMDA",
  "CBAGEMDAwMAIEAgQwMDAwAgOCBDAwMDACBAIEMDAwMAGEAgQwMDAwAgQCA7AwMDACBAIEMDAwMAIEBAOwMDAwAgQCBDAwMDACBAG",
  "EMDAwMAIEAgQwMDAwAgOCBDAwMDACBAIEP///78AX2BfYF9gX2BLTEtMS0xLTDc4Nzg3ODc4IyQjJCMkIyQPEA8QDxAPEAQDBAME",
  "AwQDGBcYFxgXGBcsKywrLCssK0A/QD9AP0A/VFNUU1RTVFNoZ2hnaGdoZ3x7fHt8e3x7kI+Qj5CPkI+ko6SjpKOko7i3uLe4t7i3",
  "zMvMy8zLzMvg3+Df4N/g3/Tz9PP08/Tz9/j3+Pf49/jj5OPk4+Tj5M/Qz9DP0M8Lu7y7vLu8u7ynqKeop6inqJOUk5STlJOUf4B/",
  "gH+Af4BrbGtsa2xrbFdYV1hXWFdYQ0RDRENEQ0QvMC8wLzAvMBscGxwbHBv3h4eHjLy8vBz/////ABAPEA8QDxAPEA8QDxAPEA8Q",
  "DxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxAP",
  "EA8QDxAPEA8QDxAPEhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhES",
  "ERAPEA8QDxAPEA8QDxAPEA8QDxAPEA8QDxIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIR",
  "EhESERIREhESERIRElVVVVUMzMzMcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3Bv",
  "cMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzM",
  "zMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcMzMzMxvcG9wb3BvcFVVVVUEhISEhISEhISEhISE",
  "hISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEAAAAAAAAAABVVVVVAACAAIAAgACAAIAA",
  "gACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "AAAAAABVVVUFwMDAwC9fL1/AwMDAL18vX8DAwMAvXy9fwMDAwC9fL1/AwMDAL18vX8DAwMAvX8hfwMDAwC9fL1/AwMDAL18vX8DA",
  "wMAvXy9fwMDAwC9fL1/AwMDAL18vX8DAwMAvXy9fwMDAwC9fL1/AwMDAL18vX1VVVQXAwMDABhAIEMDAwMAIEAgOwMDAwAgQCBDA",
  "wMDACBAGEMDAwMAIEAgQwMDAwAgOQBDAwMDACA4IEMDAwMAIEAgQwMDAwAYQCBDAwMDACBAIDsDAwMAIEAgQwMDAwAgQBhDAwMDA",
  "CBAIEMDAwMAIDggQ////DQsgHyAfIB8gHzQzNDM0MzQzSEdIR0hHSEdcW1xbXFtcW3BvcG9wb3BvhIOEg4SDhIOYl5iXmJeYl6yr",
  "rKusq6yrwL/Av8C/wL/U09TT1NPU0+jn6Ofo5+hu/Pv8+/z7/Pvv8O/w7/Dv8Nvc29zb3Nvcx8jHyMfIx8iztLO0s7SztJ+gn6Cf",
  "oJ+gi4yLjIuMi4x3eHd4d3h3eGNkY2RjZGNkT1BPUE9QT1A7PDs8Ozw7PCcoJygnKCcoExQTFBMUE8AAP/8UFBMUExQTFBMoJygn",
  "KCcoJzw7PDs8Ozz///8PERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhESERIREhES",
  "ERIREhESERIREhESERIREhESERIREhESERIREhMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQT",
  "FBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMUExQTFBMW",
  "FRYVFhUWFRYVFhUWFRZVVVUFzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3Bv",
  "cG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9w",
  "zMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wzMzMzG9wb3BvcG9wVVVVBYSEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISE",
  "hISEhISEhISEhISEhISEhISEhISEAAAAAAAAAABVVVUFgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAAgACAAIAA",
  "gACAAIAAgACAAIAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAOiGtPtkAAAAAAAAAJpyUf8A",
  "4f4A/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N",
  "/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8H",
  "FqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqEC",
  "BxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf4u/gAGFaECBhORB/8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxOR",
  "Bf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N",
  "/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8H",
  "FqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/h4HFqID",
  "BxGSBf4A/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxOR",
  "Bf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N",
  "/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf8N/w8HFqECBxORBf4QIBGAAmATcAQxBA8G/wIEAgP/BgIE/wQEAgP/",
  "BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE",
  "/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQE",
  "AgP/BgIE/wQEAgP/BgIE/wQEAgP/yQIC/wgC/wICBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYC",
  "BP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8E",
  "BAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/wYCBP8EBAID/9kCAgQPBA8M",
  "/wIEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQE",
  "AgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgP/BgIE/wQEAgMAAHaHVmd4qYZl",
  "iWiYAWkAAAAAoAAHAIDA/5+AgICwv7+/v7+/v///AAC/R19fX19fXwcAROB+ckA+PjwgIB4gIB4g//8AAB4SEBAQEA4QASgAgAAA",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB6RQAAekUA4CvHAAAAoAAACgiIhERERERERERERAAAAAAAAAAAAAAAAAAAAAAA",
  "AAAAAAAAAAAAAAAAAAAAAAAAcEIAAABg8GDwoA8AAGDwoA+gDwAAYPCgD2DwAACgD6APYPAAAGDwYPBg8AAAoA+gD6APAACgD2Dw",
  "YPAAAKAPYPCgDwAA",
].join("");

test("a chunk packed with meshopt is read to the last corner", async () => {
  const bytes = Buffer.from(CHUNK, "base64");
  assert.match(bytes.toString("latin1"), /EXT_meshopt_compression/);
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const meshes = await readGlb(data);
  const [boxes, glass] = [meshes.filter((mesh) => !mesh.instances), meshes.filter((mesh) => mesh.instances)];
  assert.equal(glass.length, 1);
  assert.equal(boxes.reduce((sum, mesh) => sum + mesh.index.length, 0), BOXES * 36);
  const [place, corner] = [new Matrix4(), new Vector3()];
  for (const { attribute, matrix } of boxes) {
    const [ids, positions] = [attribute("_FEATURE_ID_0").array, attribute("POSITION", 4).array];
    assert.equal(positions.length, 4 * ids.length);
    for (let at = 0; at < ids.length; at += 1) {
      corner.fromArray(positions, 4 * at).applyMatrix4(place.fromArray(matrix));
      const left = 3 * ids[at];
      const top = 2 + 0.01 * ids[at];
      assert.ok(Math.min(Math.abs(corner.x - left), Math.abs(corner.x - left - 2)) < 1e-4, `${at}: ${corner.x}`);
      assert.ok(Math.min(Math.abs(corner.y), Math.abs(corner.y - top)) < 1e-4, `${at}: ${corner.y}`);
    }
  }
  const [{ instances, matrix, base, attribute }] = glass;
  assert.ok(Math.abs(base[3] - 0.4) < 1e-3);
  const ids = instances.attribute("_FEATURE_ID_0").array;
  assert.equal(ids.length, CUBES);
  const body = attribute("POSITION", 4).array;
  for (let i = 0; i < CUBES; i += 1) {
    place.fromArray(matrix).multiply(new Matrix4().fromArray(instances.matrices, 16 * i));
    for (let at = 0; at < 8; at += 1) {
      corner.fromArray(body, 4 * at).applyMatrix4(place);
      const left = 2 * (ids[i] - BOXES);
      assert.ok(Math.min(Math.abs(corner.x - left), Math.abs(corner.x - left - 1)) < 1e-4, `${i}: ${corner.x}`);
    }
  }
});

test("a body that stands many times has the places and turns of a plain file", async () => {
  const numbers = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 10, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, Math.SQRT1_2, 0, Math.SQRT1_2, 7, 8]);
  const accessor = (byteOffset, type, count) => ({ bufferView: 0, byteOffset, componentType: 5126, type, count });
  const document = {
    asset: { version: "2.0" }, scenes: [{ nodes: [0] }], scene: 0, buffers: [{ byteLength: numbers.byteLength }],
    nodes: [{ mesh: 0, scale: [2, 2, 2], extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: 1, ROTATION: 2, _FEATURE_ID_0: 3 } } } }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }], bufferViews: [{ buffer: 0, byteLength: numbers.byteLength }],
    accessors: [accessor(0, "VEC3", 3), accessor(36, "VEC3", 2), accessor(60, "VEC4", 2), accessor(92, "SCALAR", 2)],
  };
  const json = new TextEncoder().encode(JSON.stringify(document).padEnd(Math.ceil(JSON.stringify(document).length / 4) * 4));
  const glb = new Uint8Array(28 + json.length + numbers.byteLength);
  new Uint32Array(glb.buffer, 0, 5).set([0x46546c67, 2, glb.length, json.length, 0x4e4f534a]);
  glb.set(json, 20);
  new Uint32Array(glb.buffer, 20 + json.length, 2).set([numbers.byteLength, 0x004e4942]);
  glb.set(new Uint8Array(numbers.buffer), 28 + json.length);
  const [{ instances, matrix }] = await readGlb(glb.buffer);
  assert.deepEqual([...instances.attribute("_FEATURE_ID_0").array], [7, 8]);
  const second = new Matrix4().fromArray(matrix).multiply(new Matrix4().fromArray(instances.matrices, 16));
  const corner = new Vector3(1, 0, 0).applyMatrix4(second); // a quarter turn about y, five along z, all twice
  for (const [found, wanted] of [[corner.x, 0], [corner.y, 0], [corner.z, 8]]) assert.ok(Math.abs(found - wanted) < 1e-5, `${corner.toArray()}`);
});
