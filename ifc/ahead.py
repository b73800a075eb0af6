"""Compiled code made before it is needed and kept for all processes of a user: a quarter of a minute, once."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER_VARIABLE = "NUMBA_CACHE_DIR"

# The smallest model that goes through every compiled function of the reading: it has a shape, a place and a property.
_MODEL = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
#1=IFCPROJECT('0000000000000000000001',$,'Project',$,$,$,$,(#2),#3);
#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$);
#3=IFCUNITASSIGNMENT((#5));
#4=IFCAXIS2PLACEMENT3D(#6,$,$);
#5=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#6=IFCCARTESIANPOINT((0.,0.,0.));
#7=IFCLOCALPLACEMENT($,#4);
#8=IFCBUILDING('0000000000000000000002',$,'Building',$,$,#7,$,$,.ELEMENT.,$,$,$);
#9=IFCRELAGGREGATES('0000000000000000000003',$,$,$,#1,(#8));
#10=IFCRECTANGLEPROFILEDEF(.AREA.,$,#11,1.,1.);
#11=IFCAXIS2PLACEMENT2D(#12,$);
#12=IFCCARTESIANPOINT((0.,0.));
#13=IFCDIRECTION((0.,0.,1.));
#14=IFCEXTRUDEDAREASOLID(#10,#4,#13,1.);
#15=IFCSHAPEREPRESENTATION(#2,'Body','SweptSolid',(#14));
#16=IFCPRODUCTDEFINITIONSHAPE($,$,(#15));
#17=IFCWALL('0000000000000000000004',$,'Wall',$,$,#7,#16,$,$);
#18=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000005',$,$,$,(#17),#8);
#19=IFCPROPERTYSINGLEVALUE('Reference',$,IFCLABEL('W'),$);
#20=IFCPROPERTYSET('0000000000000000000006',$,'Pset_WallCommon',$,(#19));
#21=IFCRELDEFINESBYPROPERTIES('0000000000000000000007',$,$,$,(#17),#20);
ENDSEC;
END-ISO-10303-21;
"""


def keep_compiled_code() -> None:
    """Keep compiled code in one folder of the user's cache, unless the operator named another.

    One folder for all data folders and processes: who had one for each would compile again for each. Where there is
    none that can be written, the compiler looks for a place itself.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    folder = cache / "kaksik" / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    if os.access(folder, os.W_OK):
        os.environ.setdefault(FOLDER_VARIABLE, str(folder))


def compile_ahead() -> None:
    """Compile, and keep, what reading needs by reading the smallest model that needs it all."""
    from ifc.reader import read_model

    with TemporaryDirectory() as folder:
        path = Path(folder) / "smallest.ifc"
        path.write_text(_MODEL, encoding="ascii")
        read_model(path)
