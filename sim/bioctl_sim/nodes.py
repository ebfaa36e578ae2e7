"""The plant's nodes in an OPC UA address space.

Objects/Plant/<unit>/<point>, Objects/Plant/{Block,Heartbeat,Clock,Commands}; node ids are
`ns=<namespace>;s=<path>`. Tags are AnalogItems with EURange and EngineeringUnits.
"""

from collections.abc import Iterable
from typing import Any, Final

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from bioctl_sim.methods import Method
from bioctl_sim.registers import Register
from bioctl_sim.taglist import TagDef

_READ: Final = ua.AccessLevel.CurrentRead.mask
_WRITE: Final = ua.AccessLevel.CurrentWrite.mask
_ROOT: Final = "Plant"


class NodeList:
    """Collects the nodes of a plant, parents first.

    Args:
        index: of the plant's namespace on this server.
        namespace: its URI, also that of the engineering units.
    """

    def __init__(self, index: int, namespace: str) -> None:
        self._index, self._namespace = index, namespace
        self.items: list[ua.AddNodesItem] = []
        objects = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))
        self._object(_ROOT, objects, ObjectIds.Organizes)
        self._objects = {_ROOT}

    def id(self, path: str) -> ua.NodeId:
        """Return the node id of a path."""
        return ua.NodeId(ua.String(path), ua.Int16(self._index))

    def add_registers(self, registers: Iterable[Register]) -> None:
        """Add a variable for each register, with the properties of its tag."""
        for register in registers:
            parent, name = self._place(register.path)
            kind = ObjectIds.BaseDataVariableType
            if register.tag is not None and register.type is not ua.VariantType.Boolean:
                kind = ObjectIds.AnalogItemType
            self._variable(self.id(register.path), parent, name, register, kind)
            if register.tag is not None:
                self._tag_properties(register.path, register.tag)

    def add_methods(self, methods: Iterable[Method]) -> None:
        """Add a node for each method, with its arguments described."""
        for method in methods:
            parent, name = self._place(method.path)
            attributes = ua.MethodAttributes(Executable=True, UserExecutable=True)
            node = self.id(method.path)
            self._add(node, parent, name, ua.NodeClass.Method, attributes, method.help)
            for which, fields in (
                ("InputArguments", method.inputs),
                ("OutputArguments", method.outputs),
            ):
                if not fields:
                    continue
                value = ua.Variant([_argument(*field) for field in fields], is_array=True)
                self._property(method.path, which, value, ObjectIds.Argument)

    def _place(self, path: str) -> tuple[ua.NodeId, str]:
        parent, _, name = path.partition(".")
        if parent not in self._objects:
            self._objects.add(parent)
            self._object(parent, self.id(_ROOT), ObjectIds.HasComponent)
        return self.id(parent), name

    def _tag_properties(self, path: str, tag: TagDef) -> None:
        span = ua.Variant(ua.Range(Low=ua.Double(tag.low), High=ua.Double(tag.high)))
        self._property(path, "EURange", span, ObjectIds.Range)
        eu = ua.EUInformation(
            NamespaceUri=ua.String(self._namespace),
            UnitId=ua.Int32(-1),
            DisplayName=ua.LocalizedText(tag.eu),
            Description=ua.LocalizedText(tag.eu),
        )
        self._property(path, "EngineeringUnits", ua.Variant(eu), ObjectIds.EUInformation)
        if tag.kind == "o":
            fallback = "hold" if tag.fallback is None else f"{tag.fallback:g}"
            self._property(path, "Fallback", ua.Variant(fallback), ObjectIds.String)

    def _object(self, path: str, parent: ua.NodeId, reference: int) -> None:
        attributes = ua.ObjectAttributes(EventNotifier=ua.Byte(0))
        item = self._add(self.id(path), parent, path, ua.NodeClass.Object, attributes, path)
        item.ReferenceTypeId = ua.NodeId(ua.Int32(reference))
        item.TypeDefinition = ua.NodeId(ua.Int32(ObjectIds.BaseObjectType))

    def _variable(
        self, node: ua.NodeId, parent: ua.NodeId, name: str, register: Register, kind: int
    ) -> None:
        access = _READ if register.write is None else _READ | _WRITE
        # The value is a placeholder: it is computed when read.
        attributes = _variable_attributes(
            ua.Variant(None, ua.VariantType.Null), register.type.value, access, array=register.array
        )
        item = self._add(node, parent, name, ua.NodeClass.Variable, attributes, register.help)
        item.TypeDefinition = ua.NodeId(ua.Int32(kind))

    def _property(self, owner: str, name: str, value: ua.Variant, kind: int) -> None:
        attributes = _variable_attributes(value, kind, _READ, array=bool(value.is_array))
        node, parent = self.id(f"{owner}.{name}"), self.id(owner)
        item = self._add(node, parent, name, ua.NodeClass.Variable, attributes, name)
        item.BrowseName = ua.QualifiedName(name, 0)
        item.ReferenceTypeId = ua.NodeId(ua.Int32(ObjectIds.HasProperty))
        item.TypeDefinition = ua.NodeId(ua.Int32(ObjectIds.PropertyType))

    def _add(
        self,
        node: ua.NodeId,
        parent: ua.NodeId,
        name: str,
        node_class: ua.NodeClass,
        attributes: Any,  # noqa: ANN401  one class per kind of node
        help: str,  # noqa: A002
    ) -> ua.AddNodesItem:
        attributes.DisplayName = ua.LocalizedText(name)
        attributes.Description = ua.LocalizedText(help)
        item = ua.AddNodesItem()
        item.RequestedNewNodeId, item.ParentNodeId = node, parent
        item.ReferenceTypeId = ua.NodeId(ua.Int32(ObjectIds.HasComponent))
        item.BrowseName = ua.QualifiedName(name, self._index)
        item.NodeClass = node_class
        item.NodeAttributes = attributes
        self.items.append(item)
        return item


def _variable_attributes(
    value: ua.Variant, kind: int, access: int, *, array: bool
) -> ua.VariableAttributes:
    attributes = ua.VariableAttributes()
    attributes.Value = value
    attributes.DataType = ua.NodeId(ua.Int32(kind))
    attributes.ValueRank = ua.ValueRank.OneDimension if array else ua.ValueRank.Scalar
    attributes.AccessLevel = attributes.UserAccessLevel = ua.Byte(access)
    attributes.Historizing = False
    return attributes


def _argument(name: str, kind: ua.VariantType, help: str) -> ua.Argument:  # noqa: A002
    return ua.Argument(
        Name=ua.String(name),
        DataType=ua.NodeId(ua.Int32(kind.value)),
        ValueRank=ua.Int32(ua.ValueRank.Scalar),
        Description=ua.LocalizedText(help),
    )
