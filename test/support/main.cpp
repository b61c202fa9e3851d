#define BOOST_TEST_MODULE video_doc
#include <boost/test/unit_test.hpp>
