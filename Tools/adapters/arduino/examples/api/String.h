#pragma once
// The sketches use no String.
