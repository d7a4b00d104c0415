// Judges objects as two readers of status do: Argo CD, by a health check in Lua, and kstatus, which Flux and Helm wait on.
// Reads a JSON list of {check, object} and writes a JSON list of {health, error, kstatus}; health is absent without a check.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	kstatus "github.com/fluxcd/cli-utils/pkg/kstatus/status"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type question struct {
	Check  string                    `json:"check"`
	Object unstructured.Unstructured `json:"object"`
}

type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

type answer struct {
	Health  *verdict `json:"health,omitempty"`
	Error   string   `json:"error,omitempty"`
	Kstatus verdict  `json:"kstatus"`
}

func main() {
	var questions []question
	must(json.NewDecoder(os.Stdin).Decode(&questions))
	answers := make([]answer, 0, len(questions))
	for _, one := range questions {
		answers = append(answers, judge(one))
	}
	must(json.NewEncoder(os.Stdout).Encode(answers))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(one question) answer {
	found, err := kstatus.Compute(&one.Object)
	must(err)
	said := answer{Kstatus: verdict{Status: string(found.Status), Message: found.Message}}
	if one.Check == "" {
		return said
	}
	health, err := run(one.Check, one.Object.Object)
	if err != nil {
		said.Error = err.Error()
		return said
	}
	said.Health = health
	return said
}

// What Argo CD opens for a check of its administrator, but for its own small os library, which ours do without.
var libraries = map[string]lua.LGFunction{
	lua.LoadLibName: lua.OpenPackage,
	lua.BaseLibName: lua.OpenBase,
	lua.TabLibName:  lua.OpenTable,
}

// As long as Argo CD gives a check.
const patience = time.Second

func run(check string, object map[string]any) (*verdict, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, name := range []string{lua.LoadLibName, lua.BaseLibName, lua.TabLibName} {
		call := lua.P{Fn: state.NewFunction(libraries[name]), Protect: true}
		if err := state.CallByParam(call, lua.LString(name)); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	state.SetContext(ctx)
	state.SetGlobal("obj", valueOf(state, object))
	if err := state.DoString(check); err != nil {
		return nil, err
	}
	return verdictOf(state.Get(-1))
}

var known = map[string]bool{"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true, "Unknown": true}

func verdictOf(returned lua.LValue) (*verdict, error) {
	table, ok := returned.(*lua.LTable)
	if !ok {
		return nil, fmt.Errorf("the check returned a %s: a table is needed", returned.Type())
	}
	status, ok := table.RawGetString("status").(lua.LString)
	if !ok || !known[string(status)] {
		return nil, fmt.Errorf("status is %q, which is no health of Argo CD", table.RawGetString("status").String())
	}
	message, ok := table.RawGetString("message").(lua.LString)
	if !ok {
		return nil, fmt.Errorf("message is a %s: a text is needed", table.RawGetString("message").Type())
	}
	return &verdict{Status: string(status), Message: string(message)}, nil
}

func valueOf(state *lua.LState, value any) lua.LValue {
	switch one := value.(type) {
	case bool:
		return lua.LBool(one)
	case string:
		return lua.LString(one)
	case int64:
		return lua.LNumber(one)
	case float64:
		return lua.LNumber(one)
	case []any:
		list := state.NewTable()
		for _, item := range one {
			list.Append(valueOf(state, item))
		}
		return list
	case map[string]any:
		table := state.NewTable()
		for key, item := range one {
			table.RawSetString(key, valueOf(state, item))
		}
		return table
	}
	return lua.LNil
}
